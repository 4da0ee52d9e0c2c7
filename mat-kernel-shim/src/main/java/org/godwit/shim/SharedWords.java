package org.godwit.shim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The words in shared memory by which the kernel chooses a slot for each packet, and knows which stamped packets it has had
 * and whether what it remembers of the maps still holds.
 * The kernel changes them too.
 */
final class SharedWords {

    private static final VarHandle WORD = ValueLayout.JAVA_INT.varHandle();

    private final MemorySegment config;

    SharedWords(int configFd, Arena arena) {
        config = Libc.map(configFd, 0, Libc.pageSize(), true, arena);
    }

    int abiVersion() {
        return config.get(ValueLayout.JAVA_INT, Abi.CONFIG_ABI_VERSION);
    }

    Slot active() {
        return active(get());
    }

    boolean armed() {
        return (get() & Abi.STAGED) != 0;
    }

    /** Whether packets may leave through this slot, or soon will. */
    boolean uses(Slot slot) {
        int word = get();
        return (word & Abi.STAGED) != 0 || active(word) == slot;
    }

    /** @return false when {@code staged} is active already */
    boolean arm(Slot staged) {
        int armed = staged.other().ordinal() | Abi.STAGED;
        for (int before = get(); active(before) != staged || (before & Abi.UNPROVEN) != 0; before = get()) {
            if (before == armed) {
                return true;
            }
            if ((before & Abi.STAGED) == 0) {
                setNewest(Abi.NEWEST_WATCHED);
            }
            if (WORD.compareAndSet(config, (long) Abi.CONFIG_OUTPUT, before, armed)) {
                return true;
            }
        }
        return false;
    }

    /** What a relay sends twice comes twice from now on. */
    void forgetStamps() {
        setNewest(0);
    }

    private void setNewest(int word) {
        for (Slot slot : Slot.values()) {
            WORD.setVolatile(config, (long) Abi.CONFIG_NEWEST + slot.ordinal() * Integer.BYTES, word);
        }
    }

    /** To be called after every change of a map by which the programs translate: they remember what they found there. */
    void newGeneration() {
        WORD.getAndAdd(config, (long) Abi.CONFIG_GENERATION, 1);
    }

    void disarm() {
        forgetStamps();
        for (int before = get(); (before & Abi.STAGED) != 0; before = get()) {
            if (WORD.compareAndSet(config, (long) Abi.CONFIG_OUTPUT, before, before & Abi.ACTIVE)) {
                return;
            }
        }
    }

    void only(Slot slot) {
        WORD.setVolatile(config, (long) Abi.CONFIG_OUTPUT, slot.ordinal());
    }

    private int get() {
        return (int) WORD.getVolatile(config, (long) Abi.CONFIG_OUTPUT);
    }

    private static Slot active(int word) {
        return slot(word & Abi.ACTIVE);
    }

    static Slot slot(int number) {
        return number == Slot.FIRST.ordinal() ? Slot.FIRST : Slot.SECOND;
    }
}
