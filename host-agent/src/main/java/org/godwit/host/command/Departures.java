package org.godwit.host.command;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.godwit.host.disk.DiskException;
import org.godwit.host.disk.LeavingDisks;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.Hypervisor.CopyEnd;
import org.godwit.host.hypervisor.Hypervisor.CopyOrder;
import org.godwit.host.hypervisor.Hypervisor.CopyProgress;
import org.godwit.host.hypervisor.Hypervisor.CopyWatch;
import org.godwit.host.hypervisor.HypervisorException;
import org.godwit.host.network.GuestPort;
import org.godwit.host.network.HostNetworkException;
import org.godwit.host.network.PacketRelay;
import org.godwit.host.network.PacketRelay.Passage;
import org.godwit.model.Compression;
import org.godwit.model.CopyOptions;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Copy;
import org.godwit.protocol.agent.CopyResult;
import org.godwit.protocol.agent.DiskPassage;
import org.godwit.protocol.agent.DisksSent;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.SendDisks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets VMs go: copies them to another host, and sends after them what still comes for them here. */
public final class Departures {

    private static final Logger LOG = LoggerFactory.getLogger(Departures.class);
    private static final long MIB = 1 << 20;

    private final Hypervisor hypervisor;
    private final PacketRelay relay;
    private final LeavingDisks disks;
    private final GuestEffects guest;
    private final HostIdentity host;
    private final Outbox outbox;
    private final ConcurrentMap<UUID, Long> calledOff = new ConcurrentHashMap<>();

    public Departures(Hypervisor hypervisor, PacketRelay relay, LeavingDisks disks, GuestEffects guest,
            HostIdentity host, Outbox outbox) {
        this.hypervisor = hypervisor;
        this.relay = relay;
        this.disks = disks;
        this.guest = guest;
        this.host = host;
        this.outbox = outbox;
    }

    /** Returns when the copy has ended. */
    CopyResult copy(UUID vm, Command command) {
        Copy copy = command.getCopy();
        CopyWatch watch = watch(vm, command);
        LeavingDisks.Rest rest = sendDisks(vm, command, watch);
        prepareRelay(vm, copy);
        try (LeavingDisks.Guard _ = disks.guard(rest, copy.getTargetLibvirtUri())) {
            CopyResult result = result(vm, hypervisor.copy(vm, order(copy, rest), watch));
            return rest.overlays().isEmpty()
                    ? result
                    : result.toBuilder().setDisks(passage(rest.passage(), rest.writesAreSentAtOnce())).build();
        }
    }

    private static CopyOrder order(Copy copy, LeavingDisks.Rest rest) {
        return new CopyOrder(copy.getTargetLibvirtUri(), copy.getTargetReachableBridge(), copy.getTargetIdleBridge(),
                strategy(copy), options(copy), rest.overlays(), rest.writesAreSentAtOnce());
    }

    private static DiskPassage passage(LeavingDisks.Passage passage, boolean writesAtOnce) {
        return DiskPassage.newBuilder().setMs(passage.took().toMillis()).setBytes(passage.bytes())
                .setLayers(passage.layers()).setWritesAtOnce(writesAtOnce).setReason(passage.reason()).build();
    }

    private LeavingDisks.Rest sendDisks(UUID vm, Command command, CopyWatch watch) {
        Copy copy = command.getCopy();
        return whileItStays(command, watch, disksWatch -> disks.send(vm, copy.getTargetLibvirtUri(),
                MIB * copy.getOptions().getBandwidthMibPerSecond(), disksWatch));
    }

    /** Of a VM that is off. Returns when all of them are there, and are still here. */
    DisksSent sendDisks(UUID vm, Command command) {
        SendDisks order = command.getSendDisks();
        DisksSent.Builder sent = DisksSent.newBuilder();
        whileItStays(command, watch(vm, command), disksWatch -> disks.sendAtRest(vm, order.getTargetLibvirtUri(),
                MIB * order.getBandwidthMibPerSecond(), disksWatch))
                .ifPresent(passage -> sent.setDisks(passage(passage, false)));
        return sent.build();
    }

    /** Those, by what the VM knows them as. */
    Map<String, Path> disksAtRest(UUID vm) {
        return disks.atRest(vm);
    }

    /** Until this has ended the VM has not begun to go anywhere: whatever fails, it stays. */
    private <T> T whileItStays(Command command, CopyWatch watch, Function<LeavingDisks.Watch, T> sending) {
        try {
            return sending.apply(new LeavingDisks.Watch() {
                @Override
                public boolean isCalledOff() {
                    return watch.isCalledOff();
                }

                @Override
                public void progress(LeavingDisks.Progress progress) {
                    outbox.tell(notice(command, progress));
                }
            });
        } catch (DiskException | HypervisorException e) {
            throw new CommandFailedException(
                    watch.isCalledOff() ? FailureCode.COPY_CANCELLED : FailureCode.COPY_FAILED, e.getMessage(), e);
        }
    }

    /** The VM stays: it writes to its own images again. */
    void restoreDisks(UUID vm) {
        disks.restore(vm);
    }

    /** The VM runs at its target, with all that it had. */
    void removeDisks(UUID vm) {
        disks.remove(vm);
    }

    /** Goes on with a post-copy that broke. Returns when it has ended. */
    CopyResult recover(UUID vm, Command command) {
        return result(vm,
                hypervisor.recover(vm, command.getRecoverCopy().getTargetLibvirtUri(), watch(vm, command)));
    }

    private static Strategy strategy(Copy copy) {
        if (copy.getSuspended()) {
            return Strategy.SUSPENDED;
        }
        if (!copy.getPostCopy()) {
            return Strategy.PRE_COPY;
        }
        return copy.getPostCopyAtOnce() ? Strategy.POST_COPY : Strategy.HYBRID_COPY;
    }

    /** When a pre-copy counts as stalled the control server says; here it matters only whether it could go on as post-copy. */
    private static CopyOptions options(Copy copy) {
        org.godwit.protocol.agent.CopyOptions told = copy.getOptions();
        return new CopyOptions(number(told.getBandwidthMibPerSecond()), number(told.getDowntimeLimitMs()),
                told.getAutoConverge(), number(told.getParallelConnections()),
                told.getCompression().isEmpty() ? Compression.NONE : Compression.of(told.getCompression()),
                Optional.empty(), copy.getPostCopyPossible() ? StallAction.POST_COPY : StallAction.ABORT);
    }

    private static OptionalInt number(int told) {
        return told == 0 ? OptionalInt.empty() : OptionalInt.of(told);
    }

    /** @return false when no copy runs that could end */
    boolean force(UUID vm, StallAction by) {
        return hypervisor.forceCopy(vm, by);
    }

    private CopyResult result(UUID vm, CopyEnd end) {
        return switch (end) {
            case CopyEnd.Copied(Hypervisor.CopyStatistics took) -> {
                relay.landed(vm);
                yield CopyResult.newBuilder().setVmDowntimeMs(took.vmDowntimeMs()).setTotalMs(took.totalMs())
                        .setBytesTransferred(took.bytesTransferred()).setPagesNormal(took.pagesNormal())
                        .setPagesConstant(took.pagesConstant()).setIterations(took.iterations())
                        .setPostCopyRequests(took.postCopyRequests()).setPagesDirty(took.pagesDirty())
                        .setThrottlePercent(took.throttlePercent()).setBytesPerSecond(took.bytesPerSecond())
                        .setEndedAsPostCopy(took.endedAsPostCopy()).build();
            }
            case CopyEnd.Failed(boolean cancelled, String message) -> {
                relay.end(vm);
                throw new CommandFailedException(cancelled ? FailureCode.COPY_CANCELLED : FailureCode.COPY_FAILED,
                        message);
            }
            case CopyEnd.Broken(String message) -> {
                relay.landed(vm);
                throw new CommandFailedException(FailureCode.POSTCOPY_BROKEN, message);
            }
            // What is relayed goes to both places until it is known where the VM is, or until the relay's time is over.
            case CopyEnd.Unknown(String message) ->
                throw new CommandFailedException(FailureCode.COPY_OUTCOME_UNKNOWN, message);
        };
    }

    /**
     * Stops the copy that runs, and those of this epoch and older ones whose turn has not come: whoever cancels believes from
     * then on that the VM stays. An agent that starts anew needs no memory of this, since it begins no copy of before.
     */
    void cancel(UUID vm, long epoch) {
        calledOff.merge(vm, epoch, Math::max);
        disks.callOff(vm);
        hypervisor.cancelCopy(vm);
    }

    /** The VM runs at its target, whatever has been heard of its copy. */
    void confirm(UUID vm) {
        relay.landed(vm);
    }

    /** The VM is here, or comes back: nothing is sent after it any more. */
    void forget(UUID vm) {
        relay.end(vm);
    }

    private CopyWatch watch(UUID vm, Command command) {
        return new CopyWatch() {
            @Override
            public boolean isCalledOff() {
                return calledOff.getOrDefault(vm, 0L) >= command.getEpoch();
            }

            @Override
            public void progress(CopyProgress progress) {
                outbox.tell(notice(command, progress));
            }

            @Override
            public void pauseIsNear() {
                relay.begin(vm);
            }
        };
    }

    /** A VM that nothing can be relayed for is copied all the same: it loses what comes during the pause. */
    private void prepareRelay(UUID vm, Copy copy) {
        relay.end(vm);
        if (copy.getTargetMoa().isEmpty()) {
            return;
        }
        try {
            DomainSnapshot domain = hypervisor.find(vm).orElseThrow(
                    () -> new IllegalArgumentException("the VM is not here"));
            MobileAddress active = MobileAddress.of(guest.check(domain).getActiveMoa());
            MacAddress primary = domain.xml().on(host.reachableBridge()).map(DomainXml.Interface::mac)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "it has no single interface on " + host.reachableBridge()));
            if (!GuestPort.isFormedOf(active, primary)) {
                // The guest's word alone would let it draw its neighbours' packets to itself.
                throw new IllegalArgumentException("the guest says that it is " + active
                        + ", which is not the address that its MAC " + primary + " makes");
            }
            relay.prepare(new Passage(vm, active, MobileAddress.of(copy.getTargetMoa())));
        } catch (IllegalArgumentException | HypervisorException | HostNetworkException | CommandFailedException e) {
            LOG.warn("vm={} nothing will be relayed: {}", vm, e.getMessage());
        }
    }

    private static Notice notice(Command command, CopyProgress progress) {
        return notice(command, org.godwit.protocol.agent.CopyProgress.newBuilder()
                .setBytesTotal(progress.bytesTotal()).setBytesProcessed(progress.bytesProcessed())
                .setBytesRemaining(progress.bytesRemaining()).setIteration(progress.iteration())
                .setDirtyRatePagesPerSecond(progress.dirtyRatePagesPerSecond())
                .setBytesPerSecond(progress.bytesPerSecond()).setElapsedMs(progress.elapsedMs()));
    }

    private static Notice notice(Command command, LeavingDisks.Progress progress) {
        return notice(command, org.godwit.protocol.agent.CopyProgress.newBuilder()
                .setBytesTotal(progress.total()).setBytesProcessed(progress.arrived())
                .setBytesRemaining(progress.total() - progress.arrived()).setBytesCompared(progress.compared()));
    }

    private static Notice notice(Command command, org.godwit.protocol.agent.CopyProgress.Builder progress) {
        return Notice.newBuilder().setVmUuid(command.getVmUuid()).setCommandId(command.getId())
                .setCopyProgress(progress).build();
    }
}
