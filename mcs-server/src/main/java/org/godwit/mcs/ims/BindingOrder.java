package org.godwit.mcs.ims;

import org.godwit.model.AddressBinding;
import org.godwit.model.BindingState;
import org.godwit.model.Epoch;
import org.godwit.protocol.lisp.Mapping;

/**
 * In one epoch a MoA goes forward only: staged, active, retired. A command that comes late or twice then finds the way back
 * closed. Only a newer epoch stages again what was retired, and what is retired becomes active by way of staged.
 *
 * <p>Mappings of epoch 0 are free: their writers do not fence, the nonce of the registration orders them.
 */
final class BindingOrder {

    private BindingOrder() {}

    /** @throws MappingRefusedException when a MoA would go backward */
    static void check(Mapping current, Mapping next) {
        if (next.epoch().equals(Epoch.NONE)) {
            return;
        }
        for (AddressBinding binding : next.bindings()) {
            current.binding(binding.moa()).filter(before -> isBackward(before, binding)).ifPresent(before -> {
                throw new MappingRefusedException(new MappingRefusal.WrongOrder(before, binding.state()));
            });
        }
    }

    private static boolean isBackward(AddressBinding before, AddressBinding after) {
        return switch (after.state()) {
            case STAGED -> before.state() == BindingState.ACTIVE
                    || before.state() == BindingState.RETIRED && before.epoch().equals(after.epoch());
            case ACTIVE -> before.state() == BindingState.RETIRED;
            case RETIRED -> before.state() == BindingState.STAGED && before.epoch().equals(after.epoch());
        };
    }
}
