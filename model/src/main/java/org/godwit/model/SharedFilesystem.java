package org.godwit.model;

import java.util.Set;

/** The kinds of file systems that several hosts may have mounted. */
public final class SharedFilesystem {

    /** As Linux calls them, and as libvirt takes them for shared. */
    private static final Set<String> KINDS = Set.of("nfs", "nfs4", "ceph", "gfs2", "ocfs2", "cifs", "smb3", "afs",
            "gpfs", "fuse.glusterfs", "fuse.ceph-fuse", "fuse.quobyte", "lustre", "beegfs", "acfs");

    private SharedFilesystem() {}

    /** @param kind as Linux calls it: nfs4 */
    public static boolean is(String kind) {
        return KINDS.contains(kind);
    }
}
