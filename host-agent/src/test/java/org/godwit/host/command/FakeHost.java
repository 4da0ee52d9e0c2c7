package org.godwit.host.command;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.godwit.host.guest.GuestSilentException;
import org.godwit.host.guest.Guests;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainNeeds;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.HypervisorException;
import org.godwit.host.hypervisor.HypervisorFacts;
import org.godwit.host.hypervisor.Power;
import org.godwit.host.network.Arrival;
import org.godwit.host.network.DesiredHostNetwork;
import org.godwit.host.network.HostNetwork;
import org.godwit.host.network.HostNetworkException;
import org.godwit.host.network.LinkFacts;
import org.godwit.host.network.PacketRelay;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.SitePrefix;
import org.godwit.model.StallAction;
import org.godwit.protocol.agent.Deed;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.protocol.guest.GuestRequest;

/** A host without a kernel: remembers what was done to it, in words, and says what it was told to say. */
final class FakeHost
        implements
            Hypervisor,
            Power,
            HypervisorFacts,
            HostNetwork,
            LinkFacts,
            PacketRelay,
            Guests,
            Outbox {

    final List<String> done = new CopyOnWriteArrayList<>();
    final List<CopyOrder> orders = new CopyOnWriteArrayList<>();
    final Map<String, MacAddress> guarded = new TreeMap<>();
    final List<Deed> deeds = new CopyOnWriteArrayList<>();
    final List<Notice> notices = new CopyOnWriteArrayList<>();
    final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    final Map<UUID, DomainSnapshot> domains = new HashMap<>();
    final Map<String, MacAddress> neighbours = new HashMap<>();
    Optional<GuestReply> reply = Optional.of(new GuestReply.Done());
    Optional<String> lack = Optional.empty();
    Optional<String> brokenLink = Optional.empty();
    Optional<String> brokenMachine = Optional.empty();
    boolean relaying;
    boolean autostarted;
    boolean heedsPowerButton = true;
    boolean hasThreads = true;
    Presence presence = Presence.RUNNING;
    CopyEnd copyEnd = new CopyEnd.Copied(new CopyStatistics(50, 900, 1000, 10, 20, 3, 4, 5, 6, 7, true));
    CountDownLatch copyMayEnd = new CountDownLatch(0);

    @Override
    public Optional<DomainSnapshot> find(UUID uuid) {
        return Optional.ofNullable(domains.get(uuid));
    }

    @Override
    public Optional<DomainSnapshot> find(String name) {
        return domains.values().stream().filter(domain -> domain.name().equals(name)).findFirst();
    }

    @Override
    public Presence presence(UUID uuid) {
        return presence;
    }

    @Override
    public CopyEnd copy(UUID uuid, CopyOrder order, CopyWatch watch) {
        if (watch.isCalledOff()) {
            return new CopyEnd.Failed(true, "cancelled before it began");
        }
        orders.add(order);
        done.add("copy to " + order.targetUri());
        watch.progress(new CopyProgress(100, 60, 40, 2, 7, 9, 11));
        watch.pauseIsNear();
        try {
            copyMayEnd.await();
        } catch (InterruptedException e) {
            return new CopyEnd.Unknown("interrupted");
        }
        return copyEnd;
    }

    @Override
    public boolean isAutostarted(UUID uuid) {
        return autostarted;
    }

    @Override
    public void autostart(UUID uuid, boolean whether) {
        autostarted = whether;
    }

    @Override
    public void shutDown(UUID uuid) {
        done.add("press the power button");
        if (heedsPowerButton) {
            turn(uuid, DomainSnapshot.State.SHUTOFF, "shutdown");
        }
    }

    @Override
    public void copyDefinition(UUID uuid, CopyOrder order) {
        orders.add(order);
        done.add("define it at " + order.targetUri());
    }

    @Override
    public void start(UUID uuid) {
        done.add("start");
        turn(uuid, DomainSnapshot.State.RUNNING, "booted");
    }

    @Override
    public boolean undefine(UUID uuid) {
        if (domains.containsKey(uuid) && domains.get(uuid).state() != DomainSnapshot.State.SHUTOFF) {
            return false;
        }
        done.add("undefine");
        domains.remove(uuid);
        return true;
    }

    private void turn(UUID uuid, DomainSnapshot.State state, String reason) {
        DomainSnapshot before = domains.get(uuid);
        domains.put(uuid, new DomainSnapshot(uuid, before.name(), state, reason, before.memoryBytes(),
                before.persistent(), before.xml()));
    }

    @Override
    public boolean forceCopy(UUID uuid, StallAction by) {
        done.add("force the copy by " + by);
        return orders.size() > 0;
    }

    @Override
    public CopyEnd recover(UUID uuid, String targetUri, CopyWatch watch) {
        done.add("recover the copy to " + targetUri);
        return copyEnd;
    }

    @Override
    public void cancelCopy(UUID uuid) {
        done.add("cancel");
        copyEnd = new CopyEnd.Failed(true, "canceled by client");
        copyMayEnd.countDown();
    }

    @Override
    public void redirect(UUID uuid, Map<String, Path> overlays) {
        done.add("redirect " + overlays);
    }

    @Override
    public Activity activity(UUID uuid, Set<String> disks) {
        if (!disks.isEmpty()) {
            throw new AssertionError("no disk is sent here");
        }
        return new Activity(0, 0, 48 << 20);
    }

    @Override
    public void commit(UUID uuid, String disk, Path image) {
        done.add("commit " + disk + " into " + image);
    }

    @Override
    public void resume(UUID uuid) {
        if (!hasThreads) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        done.add("resume");
    }

    @Override
    public void abandon(UUID uuid) {
        done.add("abandon");
    }

    @Override
    public void discardRemains(UUID uuid) {
        done.add("discard remains");
        domains.computeIfPresent(uuid, (_, domain) -> domain.reason().equals("migrating") ? null : domain);
    }

    @Override
    public void apply(DesiredHostNetwork desired) {
        desired.guestPorts().forEach(port -> guarded.put(port.tap(), port.mac()));
        desired.dummyBridges().forEach(dummy -> done.add("stage " + dummy.name() + " with " + dummy.tap() + " as "
                + dummy.gateway().linkLocal() + " " + dummy.gateway().mac()));
    }

    @Override
    public void sweep() {
        // Its ports never vanish.
    }

    @Override
    public void removeStaging(UUID vm) {
        done.add("remove staging");
    }

    @Override
    public void report(Deed deed) {
        deeds.add(deed);
    }

    @Override
    public void cleanUp() {
        done.add("clean up");
    }

    @Override
    public List<String> uplinks() {
        return List.of("uplink");
    }

    @Override
    public void introduce(Arrival vm) {
        done.add("introduce " + vm.mac() + " as " + vm.moa() + " to " + vm.gateway().linkLocal());
    }

    @Override
    public void widenQueue(String tap) {
        done.add("widen the queue of " + tap);
    }

    @Override
    public void prepare(Passage passage) {
        done.add("prepare relay from " + passage.from() + " to " + passage.to());
    }

    @Override
    public boolean relays(UUID vm) {
        return relaying;
    }

    @Override
    public void begin(UUID vm) {
        done.add("begin relay");
    }

    @Override
    public void landed(UUID vm) {
        done.add("relay only");
    }

    @Override
    public void end(UUID vm) {
        done.add("end relay");
    }

    @Override
    public Optional<String> lackOfReachableBridge() {
        return lack;
    }

    @Override
    public Optional<MacAddress> ownerOf(IPv6Address address) {
        return Optional.ofNullable(neighbours.get(address.toCanonicalString()));
    }

    @Override
    public GuestReply ask(Path channel, GuestRequest request, Duration timeLimit) {
        done.add("ask the guest: " + request.getClass().getSimpleName());
        return reply.orElseThrow(() -> new GuestSilentException("the guest agent did not answer", null));
    }

    @Override
    public void deliver(Outcome outcome) {
        outcomes.add(outcome);
    }

    @Override
    public void tell(Notice notice) {
        notices.add(notice);
    }

    @Override
    public long emulatorVersion() {
        brokenMachine.ifPresent(words -> {
            throw new HypervisorException(words);
        });
        return 10_000_002;
    }

    @Override
    public Optional<String> lackOfMachine(DomainNeeds needs) {
        return needs.machine().equals("pc-q35-10.0") ? Optional.empty() : Optional.of("no machine " + needs.machine());
    }

    @Override
    public Optional<String> lackOfAccess(String libvirtUri) {
        return brokenMachine.map(why -> "refused by " + libvirtUri);
    }

    @Override
    public CpuFit compareCpu(DomainNeeds needs) {
        return new CpuFit(Fit.INCOMPATIBLE, "missing features: avx512");
    }

    @Override
    public CpuFit compareHostCpu(String cpuXml) {
        return new CpuFit(Fit.IDENTICAL, "");
    }

    @Override
    public String hostCpu() {
        return "<cpu><model>host</model></cpu>";
    }

    @Override
    public boolean jobRuns(UUID domain) {
        return true;
    }

    @Override
    public OptionalLong dirtyRate(UUID domain) {
        return OptionalLong.of(3 << 20);
    }

    @Override
    public MigrationSupport migrationSupport(String emulator) {
        return new MigrationSupport(Set.of("xbzrle", "multifd"), 9_000_000);
    }

    @Override
    public OptionalLong bandwidthLimit(UUID domain) {
        return OptionalLong.of(64 << 20);
    }

    @Override
    public Bridge bridge() {
        brokenLink.ifPresent(words -> {
            throw new HostNetworkException(words);
        });
        return new Bridge(1500, 0, 125_000_000);
    }

    @Override
    public MeasuredPath path(IPv6Address to) {
        return new MeasuredPath(to, 1500, true, false, 1400);
    }

    @Override
    public List<Router> routers(LinkLocalAddress expected, Duration patience) {
        return List.of(new Router(expected, Optional.of(MacAddress.of("02:00:00:00:00:b1")),
                List.of(SitePrefix.of("2001:db8:b::/64"))));
    }

    @Override
    public List<EchoAnswer> echoes(FutureGuest guest) {
        done.add("stand in for " + guest.moa());
        return guest.destinations().stream().map(to -> new EchoAnswer(to, false, true, "Destination unreachable"))
                .toList();
    }
}
