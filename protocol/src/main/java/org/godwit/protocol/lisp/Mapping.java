package org.godwit.protocol.lisp;

import static java.util.Objects.requireNonNull;
import static org.godwit.model.BindingState.ACTIVE;
import static org.godwit.model.BindingState.RETIRED;
import static org.godwit.model.BindingState.STAGED;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.godwit.model.AddressBinding;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/**
 * All that is known of one HoA: at most one MoA of each state.
 *
 * @param epoch of the newest write; {@link Epoch#NONE} when nobody that fences has written
 */
public record Mapping(HomeAddress hoa, Optional<MobileAddress> active, Optional<MobileAddress> staged,
        Optional<MobileAddress> retired, Epoch epoch) {

    /** @throws IllegalArgumentException when one address has two states, or a MoA is the HoA itself */
    public Mapping {
        requireNonNull(hoa, "hoa is null");
        requireNonNull(active, "active is null");
        requireNonNull(staged, "staged is null");
        requireNonNull(retired, "retired is null");
        requireNonNull(epoch, "epoch is null");
        List<MobileAddress> all = new ArrayList<>();
        active.ifPresent(all::add);
        staged.ifPresent(all::add);
        retired.ifPresent(all::add);
        if (all.stream().distinct().count() != all.size()) {
            throw new IllegalArgumentException("a MoA must have one state, " + hoa + " has one with two: " + all);
        }
        if (all.stream().anyMatch(moa -> moa.address().equals(hoa.address()))) {
            throw new IllegalArgumentException("a HoA cannot be its own MoA: " + hoa);
        }
    }

    /** Nothing is known of the HoA. */
    public static Mapping none(HomeAddress hoa) {
        return new Mapping(hoa, Optional.empty(), Optional.empty(), Optional.empty(), Epoch.NONE);
    }

    /** @throws IllegalArgumentException when the MoA is active already */
    public Mapping stage(MobileAddress moa, Epoch by) {
        if (active.filter(moa::equals).isPresent()) {
            throw new IllegalArgumentException(moa + " is active for " + hoa + " and cannot be staged");
        }
        // A VM that flies back stages what it retired before.
        return new Mapping(hoa, active, Optional.of(moa), retired.filter(Predicate.not(moa::equals)), by);
    }

    /** The MoA becomes active, what was active retires, nothing is staged any more. */
    public Mapping activate(MobileAddress moa, Epoch by) {
        Optional<MobileAddress> left = active.filter(moa::equals).isPresent() ? retired : active.or(() -> retired);
        return new Mapping(hoa, Optional.of(moa), Optional.empty(), left.filter(Predicate.not(moa::equals)), by);
    }

    public Mapping unstage(Epoch by) {
        return new Mapping(hoa, active, Optional.empty(), retired, by);
    }

    /** Whether there is no MoA at all. */
    public boolean isEmpty() {
        return active.isEmpty() && staged.isEmpty() && retired.isEmpty();
    }

    /** One binding for each MoA: active, staged, retired. */
    public List<AddressBinding> bindings() {
        List<AddressBinding> bindings = new ArrayList<>();
        active.ifPresent(moa -> bindings.add(new AddressBinding(hoa, moa, ACTIVE, epoch)));
        staged.ifPresent(moa -> bindings.add(new AddressBinding(hoa, moa, STAGED, epoch)));
        retired.ifPresent(moa -> bindings.add(new AddressBinding(hoa, moa, RETIRED, epoch)));
        return List.copyOf(bindings);
    }

    public Optional<AddressBinding> binding(MobileAddress moa) {
        return bindings().stream().filter(binding -> binding.moa().equals(moa)).findFirst();
    }

    /** One line for logs. */
    @Override
    public String toString() {
        return "hoa=" + hoa + " active=" + text(active) + " staged=" + text(staged) + " retired=" + text(retired)
                + " epoch=" + epoch;
    }

    private static String text(Optional<MobileAddress> moa) {
        return moa.map(MobileAddress::toString).orElse("-");
    }
}
