package org.godwit.mcs.store;

import static java.util.Objects.requireNonNull;

import java.util.UUID;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.Name;

/**
 * A registered VM.
 *
 * @param domain libvirt's name of it
 * @param host where it runs, as far as the workflow knows
 * @param epoch of the newest operation on it
 */
public record Vm(Name name, String domain, UUID uuid, HomeAddress hoa, Name host, Epoch epoch) {

    public Vm {
        requireNonNull(name, "name is null");
        requireNonNull(domain, "domain is null");
        requireNonNull(uuid, "uuid is null");
        requireNonNull(hoa, "hoa is null");
        requireNonNull(host, "host is null");
        requireNonNull(epoch, "epoch is null");
    }
}
