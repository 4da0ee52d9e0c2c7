package org.godwit.mcs.rest;

import static org.godwit.mcs.rest.BadFieldException.required;

import java.util.Optional;
import java.util.OptionalInt;
import org.godwit.model.Compression;
import org.godwit.model.CopyOptions;
import org.godwit.model.StallAction;
import org.godwit.protocol.rest.Resources;

/** Copy options in the words of the REST API. */
final class CopyOptionsView {

    private CopyOptionsView() {}

    /** @param body null, as any field of it, for what is not asked for */
    static CopyOptions of(Resources.CopyRequest body) {
        if (body == null) {
            return CopyOptions.STANDARD;
        }
        Compression compression = body.compression() == null
                ? Compression.NONE
                : required("copy.compression", body.compression(), Compression::of);
        StallAction onStall = body.onStall() == null
                ? StallAction.ABORT
                : required("copy.on_stall", body.onStall(), StallAction::of);
        try {
            return new CopyOptions(number(body.bandwidthMibPerSecond()), number(body.downtimeLimitMs()),
                    Boolean.TRUE.equals(body.autoConverge()), number(body.parallelConnections()), compression,
                    Optional.empty(), onStall);
        } catch (IllegalArgumentException e) {
            throw new BadFieldException("copy", e.getMessage(), e);
        }
    }

    static Resources.CopyOptions of(CopyOptions options) {
        return new Resources.CopyOptions(number(options.bandwidthMebibytesPerSecond()),
                number(options.downtimeLimitMs()), options.autoConverge(), number(options.parallelConnections()),
                options.compression().word(), options.onStall().word());
    }

    private static OptionalInt number(Integer value) {
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }

    private static Integer number(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : null;
    }
}
