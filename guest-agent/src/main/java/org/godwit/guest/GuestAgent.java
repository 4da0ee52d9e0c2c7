package org.godwit.guest;

import static org.godwit.protocol.guest.RefusalCode.ALREADY_ENROLLED;
import static org.godwit.protocol.guest.RefusalCode.INTERFACE_ACTIVE;
import static org.godwit.protocol.guest.RefusalCode.INTERNAL;
import static org.godwit.protocol.guest.RefusalCode.NOTHING_STAGED;
import static org.godwit.protocol.guest.RefusalCode.NOT_ENROLLED;
import static org.godwit.protocol.guest.RefusalCode.NO_ROUTER_ADVERTISEMENT;
import static org.godwit.protocol.guest.RefusalCode.STALE_EPOCH;
import static org.godwit.protocol.guest.RefusalCode.UNKNOWN_INTERFACE;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Silences;
import org.godwit.protocol.guest.FlipTrigger;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.protocol.guest.GuestReply.Done;
import org.godwit.protocol.guest.GuestReply.GuestStatus;
import org.godwit.protocol.guest.GuestReply.Refused;
import org.godwit.protocol.guest.GuestReply.Settled;
import org.godwit.protocol.guest.GuestReply.Staged;
import org.godwit.protocol.guest.GuestRequest;
import org.godwit.protocol.guest.GuestRequest.Arm;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.guest.GuestRequest.Settle;
import org.godwit.protocol.guest.GuestRequest.Stage;
import org.godwit.protocol.guest.GuestRequest.Status;
import org.godwit.protocol.guest.GuestRequest.Unstage;
import org.godwit.protocol.lisp.MappingKey;
import org.godwit.shim.DataPlane;
import org.godwit.shim.Slot;

/**
 * Does what the host asks of a VM: one request at a time, each one idempotent, none of an epoch older than the highest seen.
 *
 * <p>The flip itself needs nobody here: the kernel does it. The agent fills the slot that is not active before, and empties
 * the one that no longer is after.
 */
final class GuestAgent {

    /** For the first address after a boot, and for a staged one. */
    private static final Duration ADDRESS_WAIT = Duration.ofSeconds(5);

    /** The kernel's event of a flip that has happened is on its way for no longer than this. */
    private static final Duration FLIP_EVENT_WAIT = Duration.ofMillis(500);

    private final Interfaces interfaces;
    private final DataPlanes dataPlanes;
    private final Mappings.Opener mappingServer;
    private final Epochs epochs;
    private final LongSupplier nanoTicker;
    private final LineLog log;

    private final Object rebinding = new Object();
    private Enrol identity;
    private Epoch highest = Epoch.NONE;
    private Epoch settledEpoch = Epoch.NONE;
    private Settled settled;
    private Optional<Stage> stageBegun = Optional.empty();
    private String noted = "";
    // Read by the event thread too.
    private volatile MatNode node;
    private volatile Place active;
    private volatile Staging staging;

    /** @param epochs what is seen there is refused after a reboot of the VM too */
    GuestAgent(Interfaces interfaces, DataPlanes dataPlanes, Mappings.Opener mappingServer, Epochs epochs,
            LongSupplier nanoTicker, LineLog log) {
        this.interfaces = interfaces;
        this.dataPlanes = dataPlanes;
        this.mappingServer = mappingServer;
        this.epochs = epochs;
        this.nanoTicker = nanoTicker;
        this.log = log;
    }

    /**
     * Takes over from an agent that is gone, with what it left in the kernel; traffic goes on meanwhile. Nothing happens when
     * there was none. Never throws: what cannot be taken over, the host has to begin again.
     */
    synchronized void resume() {
        try {
            Optional<Memory> left = dataPlanes.left().flatMap(Memory::of);
            if (left.isPresent()) {
                resume(left.get());
            }
        } catch (RuntimeException | Refusal e) {
            log.line("not_resumed", "reason", e.getMessage());
        }
    }

    private void resume(Memory left) throws Refusal {
        Nic nic = nicOf(left.status().activeMac().orElseThrow());
        MobileAddress moa = left.status().activeMoa().orElseThrow();
        DataPlane plane = dataPlanes.install(left.identity().hoa(), left.identity().hoaSpace());
        try {
            plane.attach(nic.name());
            Optional<Slot> stagedSlot = left.staged().flatMap(it -> slotOf(plane, it.moa()));
            Slot slot = stagedSlot.map(Slot::other).or(() -> slotOf(plane, moa)).orElseThrow(
                    () -> new IllegalStateException("the kernel does not know the MoA " + moa));
            Place place = new Place(slot, nic, moa);
            Place now = place;
            if (stagedSlot.isPresent()) {
                now = takeOverStaging(left, plane, stagedSlot.get()).orElse(place);
            } else {
                clearStaging(left, plane, place);
            }
            highest = left.status().epoch();
            left.settle().ifPresent(it -> settledEpoch = it.epoch());
            settled = left.settled().orElse(null);
            begin(left.identity(), plane, place, now.moa());
            log.line("resumed", "hoa", identity.hoa(), "moa", now.moa(), "staged",
                    left.staged().isPresent() ? left.staged().get().moa() : "-", "epoch", highest, "peers",
                    node.peers().known().size());
        } finally {
            if (node == null) {
                staging = null;
                stageBegun = Optional.empty();
                plane.close();
            }
        }
    }

    /** @return where traffic goes, when the kernel has flipped already */
    private Optional<Place> takeOverStaging(Memory left, DataPlane plane, Slot slot) throws Refusal {
        Stage stage = left.stage().orElseThrow();
        Staged done = left.staged().orElseThrow();
        Place prepared = new Place(slot, nicOf(stage.interfaceMac()), done.moa());
        plane.attach(prepared.nic().name());
        staging = new Staging(prepared, stage.gateway(), done.linkLocal(), new CompletableFuture<>());
        stageBegun = left.stage();
        if (plane.active() != slot) {
            return Optional.empty();
        }
        // Its event may have gone with the agent that is gone.
        staging.flipped().complete(plane.armed() ? FlipTrigger.ANNOUNCED : FlipTrigger.RECEIVED);
        return Optional.of(prepared);
    }

    /** Of staging that was broken off, or of undoing it, anything may have been done. */
    private void clearStaging(Memory left, DataPlane plane, Place place) throws Refusal {
        if (plane.active() != place.slot() || plane.armed()) {
            plane.flip(place.slot());
        }
        plane.disown(place.slot().other());
        if (left.stage().isPresent()) {
            interfaces.release(nicOf(left.stage().get().interfaceMac()));
        }
    }

    private static Optional<Slot> slotOf(DataPlane plane, MobileAddress moa) {
        return Arrays.stream(Slot.values())
                .filter(slot -> plane.owned(slot).filter(own -> own.moa().equals(moa)).isPresent()).findFirst();
    }

    /** Never throws. */
    synchronized GuestReply answer(GuestRequest request) {
        GuestReply reply = perform(request);
        try {
            remember();
        } catch (RuntimeException e) {
            log.line("not_noted", "reason", e.getMessage());
        }
        return reply;
    }

    /** Leaves to a successor what it has to know. */
    private void remember() {
        if (node == null) {
            return;
        }
        GuestStatus before = new GuestStatus(true, Optional.of(identity.hoa()), Optional.of(active.moa()),
                Optional.of(active.nic().mac()), Optional.empty(), false, highest);
        Optional<Settled> answered = Optional.ofNullable(settled);
        String text = new Memory(identity, before, stageBegun,
                staging == null ? Optional.empty() : Optional.of(staged()),
                answered.map(_ -> new Settle(settledEpoch)), answered).text();
        if (!text.equals(noted)) {
            node.plane().note(text);
            noted = text;
        }
    }

    private GuestReply perform(GuestRequest request) {
        try {
            return switch (request) {
                case Enrol enrol -> enrol(enrol);
                case Status() -> status();
                case Stage stage -> stage(stage);
                case Arm(Epoch epoch) -> arm(epoch);
                case Unstage(Epoch epoch) -> unstage(epoch);
                case Settle(Epoch epoch) -> settle(epoch);
            };
        } catch (Refusal e) {
            log.line("refused", "code", e.code().word(), "reason", e.getMessage());
            return e.reply();
        } catch (RuntimeException e) {
            // The system's refusals, and our own errors: the host is told, and the agent serves the next request.
            log.line("refused", "code", INTERNAL.word(), "reason", e);
            return Refused.because(INTERNAL, String.valueOf(e.getMessage()));
        }
    }

    private GuestReply enrol(Enrol enrol) throws Refusal {
        if (node == null) {
            becomeMobile(enrol);
        } else if (!enrol.hoa().equals(identity.hoa()) || !enrol.hoaSpace().equals(identity.hoaSpace())) {
            throw new Refusal(ALREADY_ENROLLED, "this guest is " + identity.hoa() + " of " + identity.hoaSpace()
                    + " until its agent is started again, it cannot become " + enrol.hoa());
        } else if (enrol.imsAddress().equals(identity.imsAddress()) && enrol.imsPort() == identity.imsPort()) {
            node.mappings().rekey(MappingKey.of(enrol.imsKey().bytes()));
        } else {
            node.plane().exempt(ims(enrol));
            node.use(mappingServer.open(enrol, present().moa(), node.peers()::learn));
            log.line("mapping_server", "address", ims(enrol), "port", enrol.imsPort());
        }
        identity = enrol;
        return status();
    }

    private void becomeMobile(Enrol enrol) throws Refusal {
        Optional<Uplink> found = interfaces.uplink(enrol.hoaSpace(), ADDRESS_WAIT);
        if (found.isEmpty()) {
            throw new Refusal(NO_ROUTER_ADVERTISEMENT,
                    "no interface has a default router and an address of a /64 after "
                            + ADDRESS_WAIT.toSeconds() + " s; check that the site's gateway advertises its prefix");
        }
        Uplink uplink = found.get();
        interfaces.routeFrom(uplink);
        DataPlane plane = dataPlanes.install(enrol.hoa(), enrol.hoaSpace());
        try {
            Place place = new Place(plane.active(), uplink.nic(), uplink.moa());
            plane.disarm();
            plane.disown(place.slot().other());
            plane.attach(place.nic().name());
            plane.own(place.slot(), place.moa(), place.nic().index());
            begin(enrol, plane, place, place.moa());
        } finally {
            if (node == null) {
                plane.close();
            }
        }
        log.line("enrolled", "hoa", enrol.hoa(), "moa", uplink.moa(), "interface", uplink.nic().name(), "router",
                uplink.router());
    }

    /** @param source from where the mapping server is spoken to */
    private void begin(Enrol enrol, DataPlane plane, Place place, MobileAddress source) {
        plane.exempt(ims(enrol));
        Epoch kept = epochs.highest(enrol.hoa());
        MatNode fresh = new MatNode(plane, new Peers(plane, enrol.hoa(), log), log, nanoTicker, this::flipped);
        fresh.use(mappingServer.open(enrol, source, fresh.peers()::learn));
        identity = enrol;
        active = place;
        if (highest.isOlderThan(kept)) {
            highest = kept;
        }
        node = fresh;
        fresh.start();
    }

    private static MobileAddress ims(Enrol enrol) {
        return MobileAddress.of(enrol.imsAddress().getAddress());
    }

    private GuestReply status() {
        if (node == null) {
            return new GuestStatus(false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false,
                    highest);
        }
        Place now = present();
        return new GuestStatus(true, Optional.of(identity.hoa()), Optional.of(now.moa()), Optional.of(now.nic().mac()),
                staging == null ? Optional.empty() : Optional.of(staging.place().moa()), node.plane().armed(), highest);
    }

    /** Where traffic goes: the kernel knows better than we do. */
    private Place present() {
        Staging prepared = staging;
        return hasFlippedTo(prepared) ? prepared.place() : active;
    }

    private boolean kernelHasFlipped() {
        return hasFlippedTo(staging);
    }

    private boolean hasFlippedTo(Staging prepared) {
        return prepared != null && node.plane().active() == prepared.place().slot();
    }

    private void fence(Epoch epoch) throws Refusal {
        if (node == null) {
            throw new Refusal(NOT_ENROLLED, "this guest does not know who it is: enrol it first");
        }
        if (epoch.isOlderThan(highest)) {
            throw new Refusal(STALE_EPOCH, "epoch " + epoch + " is over, " + highest + " has been seen");
        }
        if (highest.isOlderThan(epoch)) {
            highest = epoch;
            keep(epoch);
        }
        remember();
    }

    /** A full disk is no reason to stay: the host refuses what is over, too. */
    private void keep(Epoch epoch) {
        try {
            epochs.keep(identity.hoa(), epoch);
        } catch (UncheckedIOException e) {
            log.line("epoch_not_kept", "epoch", epoch, "reason", e.getCause());
        }
    }

    private GuestReply stage(Stage stage) throws Refusal {
        fence(stage.epoch());
        Gateway gateway = stage.gateway();
        if (staging != null && staging.place().nic().mac().equals(stage.interfaceMac())
                && staging.gateway().equals(gateway)) {
            return staged();
        }
        undoStaging();
        if (stage.interfaceMac().equals(active.nic().mac())) {
            throw new Refusal(INTERFACE_ACTIVE, stage.interfaceMac() + " is the interface that traffic uses ("
                    + active.nic().name() + "); stage the other one");
        }
        Nic nic = nicOf(stage.interfaceMac());
        Slot slot = active.slot().other();
        boolean done = false;
        stageBegun = Optional.of(stage);
        settled = null;
        remember();
        try {
            Interfaces.Formed formed = interfaces.stage(nic, gateway, ADDRESS_WAIT);
            node.plane().attach(nic.name());
            node.plane().own(slot, formed.moa(), nic.index());
            staging = new Staging(new Place(slot, nic, formed.moa()), gateway, formed.linkLocal(),
                    new CompletableFuture<>());
            done = true;
        } finally {
            if (!done) {
                interfaces.release(nic);
                stageBegun = Optional.empty();
            }
        }
        log.line("staged", "epoch", stage.epoch(), "interface", nic.name(), "moa", staging.place().moa(), "gateway",
                gateway.linkLocal());
        return staged();
    }

    private Staged staged() {
        return new Staged(staging.place().moa(), staging.place().nic().mac(), staging.linkLocal());
    }

    private Nic nicOf(MacAddress mac) throws Refusal {
        List<Nic> nics = interfaces.nics();
        for (Nic nic : nics) {
            if (nic.mac().equals(mac)) {
                return nic;
            }
        }
        throw new Refusal(UNKNOWN_INTERFACE, "no interface has the MAC " + mac + ", there are " + nics);
    }

    private GuestReply arm(Epoch epoch) throws Refusal {
        fence(epoch);
        if (staging == null) {
            throw new Refusal(NOTHING_STAGED, "nothing is staged: stage an interface before arming");
        }
        // What only an announcement has flipped, the host takes back: it would not ask to arm what has landed.
        if (!kernelHasFlipped() || node.plane().armed()) {
            node.plane().arm(staging.place().slot());
            rebind();
            log.line("armed", "epoch", epoch, "moa", staging.place().moa());
        }
        return new Done();
    }

    private GuestReply unstage(Epoch epoch) throws Refusal {
        fence(epoch);
        undoStaging();
        return new Done();
    }

    private void undoStaging() {
        if (staging == null) {
            return;
        }
        DataPlane plane = node.plane();
        plane.disarm();
        if (kernelHasFlipped()) {
            // A false alarm: something looked like landing, but the VM is where it was.
            plane.flip(active.slot());
        }
        plane.disown(staging.place().slot());
        interfaces.release(staging.place().nic());
        log.line("unstaged", "interface", staging.place().nic().name(), "moa", staging.place().moa());
        staging = null;
        stageBegun = Optional.empty();
        rebind();
    }

    private GuestReply settle(Epoch epoch) throws Refusal {
        fence(epoch);
        if (staging == null) {
            // Again, perhaps by whoever took the migration over: nothing has been staged since.
            if (settled != null) {
                return settled;
            }
            throw new Refusal(NOTHING_STAGED, "nothing is staged, so there is nothing to settle");
        }
        DataPlane plane = node.plane();
        if (!kernelHasFlipped() || plane.armed()) {
            plane.flip(staging.place().slot());
        }
        FlipTrigger trigger = trigger();
        Silences silences = plane.silences(staging.place().slot());
        plane.disown(active.slot());
        interfaces.release(active.nic());
        interfaces.settle(staging.place().nic(), staging.gateway());
        active = staging.place();
        staging = null;
        stageBegun = Optional.empty();
        settledEpoch = epoch;
        settled = new Settled(active.moa(), trigger, silences);
        rebind();
        log.line("settled", "epoch", epoch, "interface", active.nic().name(), "moa", active.moa(), "trigger",
                trigger.word(), "silence_out_us", microseconds(silences.vmToPeer()), "silence_in_us",
                microseconds(silences.peerToVm()));
        return settled;
    }

    private static Object microseconds(Optional<Duration> silence) {
        return silence.<Object>map(TimeUnit.MICROSECONDS::convert).orElse("unknown");
    }

    private FlipTrigger trigger() throws Refusal {
        try {
            return staging.flipped().get(FLIP_EVENT_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.line("flip_event_lost", "moa", staging.place().moa());
            return FlipTrigger.COMMANDED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(INTERNAL, "the agent is being stopped");
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** On the event thread. Never waits for the request that is being served. */
    private void flipped(Slot to, org.godwit.shim.FlipTrigger by) {
        FlipTrigger trigger = switch (by) {
            case COMMANDED -> FlipTrigger.COMMANDED;
            case RECEIVED -> FlipTrigger.RECEIVED;
            case ANNOUNCED -> FlipTrigger.ANNOUNCED;
            case NOTIFIED -> FlipTrigger.NOTIFIED;
        };
        Staging landed = staging;
        log.line("flipped", "slot", to, "trigger", trigger.word());
        if (landed != null && landed.place().slot() == to) {
            if (trigger == FlipTrigger.COMMANDED) {
                landed.flipped().complete(trigger);
            } else {
                // The last sign counts: those before it were false alarms.
                landed.flipped().obtrudeValue(trigger);
            }
        }
        rebind();
    }

    /**
     * Lets the mapping server's client speak from where traffic goes now. Two threads come here; what holds is looked at
     * inside the lock, so that the later one is right whatever the earlier one saw.
     */
    private void rebind() {
        MatNode mobile = node;
        if (mobile == null) {
            return;
        }
        synchronized (rebinding) {
            mobile.mappings().rebind(present().moa());
        }
    }
}
