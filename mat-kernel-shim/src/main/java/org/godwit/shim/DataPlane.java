package org.godwit.shim;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.godwit.model.MobileAddress;
import org.godwit.model.Silences;

/**
 * The MAT data plane of one node with one HoA (Watanabe, section 2.3), as an agent steers it.
 *
 * <p>Packets between the node's HoA and a peer's HoA are rewritten to MoAs on the way out and back on the way in. What is
 * not ours passes untouched: neighbour discovery always, and plain traffic of other addresses. Routing is the caller's job:
 * each own MoA needs a source-specific default route, {@code default from MOA-PREFIX via GATEWAY dev INTERFACE}.
 *
 * <p>All methods may be called from any thread, {@link #nextEvent} from one at a time. They throw {@link ShimException} when
 * the kernel refuses and {@link IllegalStateException} after {@link #close}.
 */
public interface DataPlane extends PeerTable, AutoCloseable {

    /**
     * Lets packets be translated that come in on an Ethernet interface, and keeps an own HoA from leaving through it. Nothing
     * changes when it is attached already, but that no packet may be larger than fits through every attached interface, by
     * its device and by what its router has advertised so far (RFC 4861, section 6.3.4).
     */
    void attach(String interfaceName);

    /**
     * This node's MoA in {@code slot}, replacing the one there. The MoAs of both slots are accepted on input.
     *
     * @param interfaceIndex the attached interface through which packets with this MoA leave
     * @throws IllegalArgumentException when the MoA stands in the other slot
     */
    void own(Slot slot, MobileAddress moa, int interfaceIndex);

    /**
     * Empties a slot; nothing happens when it is empty.
     *
     * @throws IllegalStateException when the slot is active or staged
     */
    void disown(Slot slot);

    /** What stands in a slot. */
    Optional<OwnMoa> owned(Slot slot);

    /** The slot through which packets leave; while armed one of both, the more probable one. */
    Slot active();

    /** Whether packets leave through both slots, because nothing has proven yet which one leads anywhere. */
    boolean armed();

    /**
     * Sends through both slots from now on, and flips to {@code staged} at the first sign of landing (see
     * {@link FlipTrigger}). Only data proves it: a flip by an announcement leaves this armed, and is taken back by data through
     * the old slot, or by arming once more. Of packets that a relay sends to both MoAs the first to come is taken, until disarmed or one slot
     * is disowned. Nothing happens when this slot is armed and not active.
     *
     * @throws IllegalStateException when {@code staged} is active, and not by an announcement only, or holds no MoA
     */
    void arm(Slot staged);

    /**
     * How long nothing went to peers, or came from them, around the landing in {@code landed}, since it was armed for last. By
     * this node's clock, which stands still while its hypervisor has it paused: the pause is yet to be added. What came is
     * counted from the last packet through the other slot to the first through this one; what went, for who sends
     * cannot see which packet was the last to lead anywhere, is the longest silence that it may have been.
     */
    Silences silences(Slot landed);

    /** Sends through the active slot only. Nothing happens when not armed. */
    void disarm();

    /**
     * Makes {@code slot} the only one: one store, after which arming has ended. {@link #nextEvent} reports it too.
     *
     * @throws IllegalStateException when {@code slot} holds no MoA
     */
    void flip(Slot slot);

    /** A node that talks to our MoA untranslated, such as the mapping server: its packets pass untouched. */
    void exempt(MobileAddress plainNode);

    /**
     * This address is nobody's MoA: its packets to our MoA pass untouched for a while, those included that wait. A peer that
     * is put with it goes before.
     *
     * @throws IllegalArgumentException when it is a HoA
     */
    void passPlain(MobileAddress nobodys, Duration lifetime);

    /**
     * Keeps a text for whoever steers this data plane next, replacing the one before; it stays as long as the programs do.
     * Only root can read it.
     *
     * @param text at most 4 KiB in UTF-8
     * @throws IllegalArgumentException when it is longer
     */
    void note(String text);

    /** The text kept last; at first the empty one. */
    String note();

    /** Waits for the next event; empty when none came in time, and sometimes sooner, as when the data plane is closed. */
    Optional<ShimEvent.OfNode> nextEvent(Duration atMost);

    /** All counters since the programs were loaded, summed over the processors. */
    Map<Counter, Long> counters();

    /** Lets go from user space. Pinned programs and maps stay: an agent's restart does not touch traffic. */
    @Override
    void close();
}
