package org.godwit.mcs.ims;

import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.godwit.model.HomeAddress;

/** Which HoAs have changed lately, so that who follows need not read them all. Not safe for several threads. */
final class ChangeLog {

    static final int CHANGES_MAX = 1 << 16;

    private final ArrayDeque<HomeAddress> newest = new ArrayDeque<>();
    private long number;

    void note(HomeAddress hoa) {
        if (newest.size() == CHANGES_MAX) {
            newest.removeFirst();
        }
        newest.addLast(hoa);
        number++;
    }

    /** Of the newest change; 0 before the first. */
    long number() {
        return number;
    }

    /** Who has changed after the change of this number; empty when that was too long ago, or has not been yet. */
    Optional<Set<HomeAddress>> since(long known) {
        if (known > number || number - known > newest.size()) {
            return Optional.empty();
        }
        Set<HomeAddress> changed = new LinkedHashSet<>();
        var backward = newest.descendingIterator();
        for (long left = number - known; left > 0; left--) {
            changed.add(backward.next());
        }
        return Optional.of(changed);
    }
}
