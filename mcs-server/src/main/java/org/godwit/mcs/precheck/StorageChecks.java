package org.godwit.mcs.precheck;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.godwit.protocol.agent.Storage;
import org.godwit.protocol.agent.StoredFile;
import org.godwit.protocol.agent.TargetFacts;

/** What the VM has on disk. Disks are not copied: whatever it writes to must be on storage that both hosts share. */
final class StorageChecks {

    /** What Linux calls file systems that several hosts may have mounted, and libvirt takes for shared. */
    private static final Set<String> SHARED = Set.of("nfs", "nfs4", "ceph", "gfs2", "ocfs2", "cifs", "smb3", "afs",
            "gpfs", "fuse.glusterfs", "fuse.ceph-fuse", "fuse.quobyte", "lustre", "beegfs", "acfs");

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
        if (!file.getReadable() || one.getWritable() && !file.getWritable()) {
            findings.error(one.getUse() + " of the VM, " + one.getPath() + ", "
                    + (file.getReadable() ? "may not be written at " : "is not there at ") + target,
                    one.getWritable()
                            ? "Put it on storage that both hosts have mounted: disks are not copied."
                            : "Copy it there, to the same path.");
        } else if (one.getWritable() && !one.getPath().startsWith("/dev/")
                && !SHARED.contains(one.getFilesystem())) {
            findings.error(one.getUse() + " of the VM, " + one.getPath() + ", is on a file system of host "
                    + facts.journey().source() + " alone (" + one.getFilesystem() + "); what has its name at " + target
                    + " is another file", "Put it on storage that both hosts have mounted: disks are not copied.");
        }
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
