package org.godwit.guest;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Silences;
import org.godwit.shim.Counter;
import org.godwit.shim.DataPlane;
import org.godwit.shim.FlipTrigger;
import org.godwit.shim.KnownPeer;
import org.godwit.shim.OwnMoa;
import org.godwit.shim.ShimEvent;
import org.godwit.shim.ShimEvent.Flipped;
import org.godwit.shim.ShimException;
import org.godwit.shim.Slot;

/** The shim's rules without a kernel. Its text is all that it holds. */
final class FakeDataPlane implements DataPlane {

    private final Map<Slot, OwnMoa> slots = new EnumMap<>(Slot.class);
    private final Map<String, KnownPeer> peers = new TreeMap<>();
    private final TreeSet<String> plain = new TreeSet<>();
    private String note = "";
    private final TreeSet<String> exempt = new TreeSet<>();
    private final BlockingQueue<ShimEvent.OfNode> events = new LinkedBlockingQueue<>();
    final TreeSet<String> unreachable = new TreeSet<>();
    private final TreeSet<String> attached = new TreeSet<>();
    private String refusal = "";
    Silences silences = Silences.UNKNOWN;
    private Slot active = Slot.FIRST;
    private Slot staged;
    private boolean unproven;
    private boolean closed;

    void emit(ShimEvent.OfNode event) {
        events.add(event);
    }

    /** A sign of landing, as the kernel would take it: only data ends what was armed. */
    synchronized void land(FlipTrigger trigger) {
        unproven = trigger != FlipTrigger.RECEIVED;
        active = staged;
        staged = unproven ? active.other() : null;
        events.add(new Flipped(active, trigger));
    }

    /** Refuses the next address that it is to own. */
    void refuseNext(String why) {
        refusal = why;
    }

    @Override
    public synchronized void attach(String interfaceName) {
        attached.add(interfaceName);
    }

    @Override
    public synchronized void own(Slot slot, MobileAddress moa, int interfaceIndex) {
        if (Stream.of(FakeInterfaces.ETH0, FakeInterfaces.ETH1)
                .noneMatch(nic -> nic.index() == interfaceIndex && attached.contains(nic.name()))) {
            throw new ShimException("interface " + interfaceIndex + " is not attached");
        }
        String why = refusal;
        refusal = "";
        if (!why.isEmpty()) {
            throw new ShimException(why);
        }
        slots.put(slot, new OwnMoa(moa, interfaceIndex));
    }

    @Override
    public synchronized Optional<OwnMoa> owned(Slot slot) {
        return Optional.ofNullable(slots.get(slot));
    }

    @Override
    public synchronized void disown(Slot slot) {
        if (slots.containsKey(slot) && (slot == active || slot == staged)) {
            throw new IllegalStateException("slot " + slot + " is in use: flip or disarm first");
        }
        slots.remove(slot);
    }

    @Override
    public synchronized Slot active() {
        return active;
    }

    @Override
    public synchronized boolean armed() {
        return staged != null;
    }

    @Override
    public synchronized void arm(Slot slot) {
        if (slot == active && !unproven || !slots.containsKey(slot)) {
            throw new IllegalStateException("slot " + slot + " cannot be armed");
        }
        staged = slot;
        active = slot.other();
        unproven = false;
    }

    @Override
    public Silences silences(Slot landed) {
        return silences;
    }

    @Override
    public synchronized void disarm() {
        staged = null;
        unproven = false;
    }

    @Override
    public synchronized void flip(Slot slot) {
        if (!slots.containsKey(slot)) {
            throw new IllegalStateException("slot " + slot + " holds no MoA");
        }
        active = slot;
        staged = null;
        unproven = false;
        events.add(new Flipped(slot, FlipTrigger.COMMANDED));
    }

    @Override
    public synchronized void putPeer(HomeAddress hoa, MobileAddress activeMoa, Optional<MobileAddress> stagedMoa,
            Optional<MobileAddress> retiredMoa, Epoch epoch) {
        peers.put(hoa.toString(), new KnownPeer(hoa, activeMoa, stagedMoa, retiredMoa, epoch));
        notifyAll();
    }

    @Override
    public synchronized void removePeer(HomeAddress hoa) {
        peers.remove(hoa.toString());
        unreachable.add(hoa.toString());
    }

    @Override
    public synchronized List<KnownPeer> peers() {
        return List.copyOf(peers.values());
    }

    @Override
    public synchronized void passPlain(MobileAddress nobodys, Duration lifetime) {
        plain.add(nobodys.toString());
    }

    @Override
    public synchronized void note(String text) {
        note = text;
    }

    @Override
    public synchronized String note() {
        return note;
    }

    @Override
    public synchronized void exempt(MobileAddress plainNode) {
        exempt.add(plainNode.toString());
    }

    @Override
    public Optional<ShimEvent.OfNode> nextEvent(Duration atMost) {
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the data plane is closed");
            }
        }
        try {
            return Optional.ofNullable(events.poll(Math.min(20, atMost.toMillis()), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Map<Counter, Long> counters() {
        return Map.of();
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    @Override
    public synchronized String toString() {
        StringBuilder text = new StringBuilder();
        slots.forEach((slot, own) -> text.append(slot).append(": ").append(own.moa()).append(" on interface ")
                .append(own.interfaceIndex())
                .append(slot == active ? ", active" : "").append(slot == staged ? ", armed" : "").append('\n'));
        peers.forEach((hoa, peer) -> text.append(hoa).append(": active ").append(peer.active())
                .append(peer.staged().map(moa -> ", staged " + moa).orElse(""))
                .append(peer.retired().map(moa -> ", retired " + moa).orElse("")).append('\n'));
        text.append("exempt: ").append(String.join(" ", exempt));
        return plain.isEmpty() ? text.toString() : text.append("\nplain: ").append(String.join(" ", plain)).toString();
    }
}
