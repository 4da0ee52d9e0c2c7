package org.godwit.mcs.ims;

import static java.util.Objects.requireNonNull;

/** A write that the mapping server does not do. The mapping is what it was. */
public final class MappingRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient MappingRefusal refusal;

    public MappingRefusedException(MappingRefusal refusal) {
        super(requireNonNull(refusal, "refusal is null").sentence());
        this.refusal = refusal;
    }

    public MappingRefusal refusal() {
        return refusal;
    }
}
