package org.godwit.host.hypervisor;

import java.util.ArrayList;
import java.util.List;
import org.godwit.model.Compression;
import org.godwit.model.CopyOptions;
import org.godwit.model.Strategy;
import org.libvirt.Domain.MigrateFlags;
import org.libvirt.TypedIntParameter;
import org.libvirt.TypedParameter;
import org.libvirt.TypedStringParameter;
import org.libvirt.TypedUlongParameter;

/** Copy options in the words of libvirt-domain.h (VIR_MIGRATE_…). The downtime limit is not among them: it climbs. */
final class MigrationParameters {

    private MigrationParameters() {}

    static int flags(Strategy strategy, CopyOptions options) {
        return (options.needsPostCopy(strategy) ? MigrateFlags.POSTCOPY : 0)
                | (options.autoConverge() ? MigrateFlags.AUTO_CONVERGE : 0)
                | (options.parallelConnections().isPresent() ? MigrateFlags.PARALLEL : 0)
                | (options.compression() == Compression.NONE ? 0 : MigrateFlags.COMPRESSED);
    }

    static List<TypedParameter> of(CopyOptions options) {
        List<TypedParameter> parameters = new ArrayList<>();
        options.bandwidthMebibytesPerSecond().ifPresent(it -> {
            parameters.add(new TypedUlongParameter("bandwidth", it));
            parameters.add(new TypedUlongParameter("bandwidth.postcopy", it));
        });
        options.parallelConnections()
                .ifPresent(it -> parameters.add(new TypedIntParameter("parallel.connections", it)));
        if (options.compression() != Compression.NONE) {
            parameters.add(new TypedStringParameter("compression", options.compression().word()));
        }
        return parameters;
    }
}
