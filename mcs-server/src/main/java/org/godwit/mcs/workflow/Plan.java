package org.godwit.mcs.workflow;

import static java.util.Objects.requireNonNull;

import java.util.UUID;
import org.godwit.model.CopyOptions;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.Name;
import org.godwit.model.Strategy;

/**
 * What was asked for, fixed when the migration was accepted.
 *
 * @param targetGateway the gateway of the target's site as it was known then
 * @param epoch the fencing number of this migration and of the server that goes on with it; nobody else has it
 * @param options how its memory is copied, beside the strategy
 * @param rehearsal everything is done but the copy, then undone
 */
public record Plan(UUID id, Vm vm, Name source, Name target, Gateway targetGateway, Epoch epoch,
        Strategy strategy, CopyOptions options, boolean rehearsal) {

    public Plan {
        requireNonNull(id, "id is null");
        requireNonNull(vm, "vm is null");
        requireNonNull(source, "source is null");
        requireNonNull(target, "target is null");
        requireNonNull(targetGateway, "targetGateway is null");
        requireNonNull(epoch, "epoch is null");
        requireNonNull(strategy, "strategy is null");
        requireNonNull(options, "options is null").lackFor(strategy).ifPresent(lack -> {
            throw new IllegalArgumentException(lack);
        });
        if (source.equals(target)) {
            throw new IllegalArgumentException("the target must be another host than the source, got " + source);
        }
        if (epoch.equals(Epoch.NONE)) {
            throw new IllegalArgumentException("a migration needs an epoch above 0");
        }
    }

    /** @param domain libvirt's name of the VM */
    public record Vm(Name name, String domain, UUID uuid, HomeAddress hoa) {
        public Vm {
            requireNonNull(name, "name is null");
            requireNonNull(domain, "domain is null");
            requireNonNull(uuid, "uuid is null");
            requireNonNull(hoa, "hoa is null");
        }
    }
}
