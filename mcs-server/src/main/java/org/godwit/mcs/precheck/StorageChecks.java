package org.godwit.mcs.precheck;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.godwit.model.SharedFilesystem;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.Space;
import org.godwit.protocol.agent.Storage;
import org.godwit.protocol.agent.StoredFile;
import org.godwit.protocol.agent.TargetFacts;

/** What the VM has on disk. Images of the source alone travel with it; all else must be at both hosts. */
final class StorageChecks {

    private static final String NOT_SHARED = "Put it on storage that both hosts have mounted.";
    private static final long SPACE_MIN = 16L << 20;
    private static final long SPACE_NOTED = 256L << 20;

    private StorageChecks() {}

    static void storage(Facts facts, Findings findings) {
        facts.ofSource((source, ofSource) -> {
            if (ofSource.has("storage", findings)) {
                facts.ofTarget((target, ofTarget) -> {
                    if (ofTarget.has("storage", findings)) {
                        Map<String, StoredFile> there = target.getStorageList().stream().collect(Collectors
                                .toMap(StoredFile::getPath, Function.identity(), (first, _) -> first));
                        source.getStorageList().forEach(one -> storage(facts, one, there, findings));
                    }
                });
            }
        });
    }

    private static void storage(Facts facts, Storage one, Map<String, StoredFile> there, Findings findings) {
        String target = "host " + facts.journey().target();
        if (one.getPath().isEmpty()) {
            findings.warning(one.getUse() + " of the VM is on " + one.getNetwork() + ": whether " + target
                    + " reaches it is not checked", "Make sure of it yourself.");
            return;
        }
        StoredFile file = there.getOrDefault(one.getPath(), StoredFile.getDefaultInstance());
        if (one.hasImage()) {
            image(facts, one, file, findings);
            return;
        }
        if (!file.getReadable() || one.getWritable() && !file.getWritable()) {
            findings.error(one.getUse() + " of the VM, " + one.getPath() + ", "
                    + (file.getReadable() ? "may not be written at " : "is not there at ") + target,
                    one.getWritable()
                            ? NOT_SHARED
                            : "Copy it there, to the same path.");
        } else if (one.getWritable() && !one.getPath().startsWith("/dev/")
                && !SharedFilesystem.is(one.getFilesystem())) {
            findings.error(one.getUse() + " of the VM, " + one.getPath() + ", is on a file system of host "
                    + facts.journey().source() + " alone (" + one.getFilesystem() + "); what has its name at " + target
                    + " is another file", NOT_SHARED);
        }
    }

    /** A disk that is at the source alone. */
    private static void image(Facts facts, Storage one, StoredFile there, Findings findings) {
        String target = "host " + facts.journey().target();
        String disk = one.getUse() + " of the VM, " + one.getPath() + ",";
        if (!one.getImage().getLack().isEmpty()) {
            findings.error(disk + " cannot travel: " + one.getImage().getLack(),
                    "Or put it on storage that both hosts have mounted.");
        }
        if (!canTravel(facts.journey().strategy(), one)) {
            findings.error(disk + " has to travel with it, which " + facts.journey().strategy().word()
                    + " cannot do: the VM would run on half of it", "Choose pre-copy.");
        }
        if (facts.journey().options().onStall() == StallAction.POST_COPY) {
            findings.error(disk + " has to travel with it, and then a copy cannot go on as post-copy",
                    "Let it suspend the VM on a stall, or abort.");
        }
        facts.ofSource((source, _) -> {
            if (!source.getEncrypted()) {
                findings.error(disk + " has to travel with it, which disks do over TLS only",
                        "Set transport = tls for the agents of both hosts.");
            }
        });
        Space folder = there.getFolder();
        if (!there.hasFolder()) {
            findings.error(disk + " has to travel with it, and the agent of " + target + " cannot take disks",
                    "Update it.");
        } else if (there.getExists()) {
            findings.error(disk + " has to travel with it, and " + target + " has another file of that name",
                    "Make sure that it is not needed, then move it away.");
        } else if (folder.getFreeBytes() == 0) {
            findings.error(disk + " has to travel with it, and " + target + " has no folder " + folder.getFolder()
                    + ", or nothing is free there", "Make it, or make room there.");
        } else if (folder.getFreeBytes() < one.getImage().getUsedBytes() + SPACE_MIN) {
            findings.error(disk + " has to travel with it and takes %d MiB, and %s has %d MiB left in %s".formatted(
                    one.getImage().getUsedBytes() >> 20, target, folder.getFreeBytes() >> 20, folder.getFolder()),
                    "Make room there.");
        }
    }

    /** They do so with a VM that has all of them before it runs at its target. */
    static boolean canTravel(Strategy strategy, SourceFacts source) {
        return source.getStorageList().stream().allMatch(one -> canTravel(strategy, one));
    }

    private static boolean canTravel(Strategy strategy, Storage one) {
        return strategy == Strategy.PRE_COPY || strategy == Strategy.COLD || !one.hasImage();
    }

    static void space(Facts facts, Findings findings) {
        facts.ofTarget((target, known) -> known
                .get(target, "space", TargetFacts::hasSpace, TargetFacts::getSpace, findings).ifPresent(space -> {
                    long free = space.getFreeBytes();
                    String problem = "host %s has %d MiB of disk left for libvirt (%s)".formatted(
                            facts.journey().target(), free >> 20, space.getFolder());
                    if (free < SPACE_MIN) {
                        findings.error(problem, "Make room there.");
                    } else if (free < SPACE_NOTED) {
                        findings.warning(problem, "Make room there.");
                    }
                }));
    }
}
