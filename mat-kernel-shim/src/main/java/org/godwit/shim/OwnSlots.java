package org.godwit.shim;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.godwit.model.MobileAddress;

/** The two slots in the kernel, and the index of own MoAs that input uses. */
final class OwnSlots {

    private final BpfMap slots;
    private final BpfMap own;

    /** @param changed what to do after each change */
    OwnSlots(KernelObject kernel, Runnable changed) {
        slots = kernel.map(Abi.MAP_SLOTS, Abi.SLOT_BYTES, changed);
        own = kernel.map(Abi.MAP_OWN, Abi.OWN_BYTES, changed);
    }

    boolean isFilled(Slot slot) {
        return moa(slot).isPresent();
    }

    boolean contains(MobileAddress moa) {
        return own.get(moa.bytes()).isPresent();
    }

    void fill(Slot slot, MobileAddress moa, int interfaceIndex) {
        Optional<MobileAddress> before = moa(slot);
        if (moa(slot.other()).equals(Optional.of(moa))) {
            throw new IllegalArgumentException("the MoA " + moa + " stands in slot " + slot.other() + " already");
        }
        // Accepted before it is used, and the old one no longer used before it is refused.
        own.put(moa.bytes(), BpfMap.buffer(Abi.OWN_BYTES).putInt(Abi.OWN_SLOT, slot.ordinal()));
        ByteBuffer value = BpfMap.buffer(Abi.SLOT_BYTES).put(Abi.SLOT_MOA, moa.bytes());
        slots.put(key(slot), value.putInt(Abi.SLOT_INTERFACE_INDEX, interfaceIndex));
        before.filter(old -> !old.equals(moa)).ifPresent(old -> own.remove(old.bytes()));
    }

    void empty(Slot slot) {
        Optional<MobileAddress> before = moa(slot);
        slots.remove(key(slot));
        before.ifPresent(old -> own.remove(old.bytes()));
    }

    Optional<OwnMoa> get(Slot slot) {
        return slots.get(key(slot)).map(value -> new OwnMoa(MobileAddress.of(BpfMap.address(value, Abi.SLOT_MOA)),
                value.getInt(Abi.SLOT_INTERFACE_INDEX)));
    }

    private Optional<MobileAddress> moa(Slot slot) {
        return get(slot).map(OwnMoa::moa);
    }

    private static byte[] key(Slot slot) {
        return BpfMap.key(slot.ordinal());
    }
}
