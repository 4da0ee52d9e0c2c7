package org.godwit.disk.nbd;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.godwit.disk.Extent;

/** What an NBD server marks of a disk: what an overlay has itself, or what was written since a bitmap was made. */
public final class NbdMarks implements Closeable {

    /** Tells how deep in the chain something stands, to whom the server was told {@code --allocation-depth}. */
    private static final String DEPTH = "qemu:allocation-depth";
    private static final int OWN = 1;
    /** Tells what was written since; the bitmap's name follows. */
    private static final String BITMAP = "qemu:dirty-bitmap:";
    private static final int DIRTY = 1;
    private static final long LOOK_BYTES = 1L << 30;

    private final NbdDisk disk;

    private NbdMarks(NbdDisk disk) {
        this.disk = disk;
    }

    /**
     * Of an image, what it does not take from its backing chain: for an overlay, what was written since it was made.
     *
     * @param socket of a server that serves the image as the top of its chain
     */
    public static NbdMarks ofLayer(Path socket, String export) throws IOException {
        return new NbdMarks(NbdDisk.open(socket, export, DEPTH, depth -> depth != OWN));
    }

    /** @param bitmap one that QEMU exports with the disk, and adds nothing to any more */
    public static NbdMarks ofBitmap(Path socket, String export, String bitmap) throws IOException {
        return new NbdMarks(NbdDisk.open(socket, export, BITMAP + bitmap, flags -> (flags & DIRTY) == 0));
    }

    /** Of the whole disk, in bytes. */
    public long size() {
        return disk.size();
    }

    /** In order, without overlap; adjacent ones are joined. */
    public List<Extent> extents() throws IOException {
        List<Extent> marked = new ArrayList<>();
        for (long at = 0; at < size(); at += LOOK_BYTES) {
            for (Extent extent : disk.extents(at, Math.min(LOOK_BYTES, size() - at))) {
                if (!extent.zero()) {
                    boolean adjacent = !marked.isEmpty() && marked.getLast().end() == extent.offset();
                    long from = adjacent ? marked.removeLast().offset() : extent.offset();
                    marked.add(new Extent(from, extent.end() - from, false));
                }
            }
        }
        return marked;
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
