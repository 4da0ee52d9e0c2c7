package org.godwit.mcs.precheck;

import java.util.ArrayList;
import java.util.List;
import org.godwit.model.Compression;
import org.godwit.model.CopyOptions;
import org.godwit.model.Strategy;
import org.godwit.protocol.agent.MigrationSupport;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.TargetFacts;

/**
 * A migration capability of QEMU that is needed on both sides, or on the source's alone.
 *
 * @param capability in QEMU's word
 * @param what needs it, for people
 * @param libvirtMin the first libvirt that can ask for it, libvirt's number; 0 for any
 */
record MigrationNeeds(String capability, String what, boolean both, long libvirtMin) {

    private static final long PARALLEL_COMPRESSION = 9_004_000;

    static List<MigrationNeeds> of(Strategy strategy, CopyOptions options) {
        List<MigrationNeeds> needs = new ArrayList<>();
        if (options.needsPostCopy(strategy)) {
            needs.add(new MigrationNeeds("postcopy-ram", "post-copy", true, 0));
        }
        if (options.autoConverge()) {
            needs.add(new MigrationNeeds("auto-converge", "auto-converge", false, 0));
        }
        options.parallelConnections().ifPresent(_ -> needs.add(new MigrationNeeds("multifd", "parallel connections",
                true, options.compression() == Compression.NONE ? 0 : PARALLEL_COMPRESSION)));
        switch (options.compression()) {
            case XBZRLE -> needs.add(new MigrationNeeds("xbzrle", "compression by xbzrle", true, 0));
            case MT -> needs.add(new MigrationNeeds("compress", "compression by mt", true, 0));
            case NONE, ZLIB, ZSTD -> {
                // They are no capabilities, but parameters of multifd.
            }
        }
        return needs;
    }

    /** What a host lacks of all that this journey needs. */
    static void check(Facts facts, Findings findings) {
        List<MigrationNeeds> needs = of(facts.journey().strategy(), facts.journey().options());
        if (needs.isEmpty()) {
            return;
        }
        facts.ofSource((source, known) -> {
            if (source.getDomain().getMemoryBytes() > 0) {
                known.get(source, "migration", SourceFacts::hasMigration, SourceFacts::getMigration, findings)
                        .ifPresent(support -> needs
                                .forEach(need -> need.check(facts.journey().source().text(), support, findings)));
            }
        });
        List<MigrationNeeds> ofTarget = needs.stream().filter(MigrationNeeds::both).toList();
        if (!ofTarget.isEmpty()) {
            MachineChecks.hardware(facts, findings, (_, target, known) -> known
                    .get(target, "migration", TargetFacts::hasMigration, TargetFacts::getMigration, findings)
                    .ifPresent(support -> ofTarget
                            .forEach(need -> need.check(facts.journey().target().text(), support, findings))));
        }
    }

    private void check(String host, MigrationSupport support, Findings findings) {
        if (!support.getCapabilitiesList().contains(capability)) {
            findings.error("the QEMU of host " + host + " lacks the migration capability " + capability + ", which "
                    + what + " needs", "Leave that out, or install a QEMU there that has it.");
        }
        if (Integer.toUnsignedLong(support.getLibvirtVersion()) < libvirtMin) {
            findings.error("the libvirt of host " + host + " is " + MachineChecks.version(support.getLibvirtVersion())
                    + ", and compression over parallel connections needs " + MachineChecks.version((int) libvirtMin),
                    "Leave the compression out, or install a newer libvirt there.");
        }
    }
}
