package org.godwit.disk.nbd;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.godwit.disk.Extent;

/** What an image has itself, and does not take from its backing chain: for an overlay, what was written since it was made. */
public final class NbdLayer implements Closeable {

    /** Tells how deep in the chain something stands, to whom the server was told {@code --allocation-depth}. */
    private static final String DEPTH = "qemu:allocation-depth";
    private static final int OWN = 1;
    private static final long LOOK_BYTES = 1L << 30;

    private final NbdDisk depths;

    private NbdLayer(NbdDisk depths) {
        this.depths = depths;
    }

    /** @param socket of a server that serves the image as the top of its chain */
    public static NbdLayer open(Path socket, String export) throws IOException {
        return new NbdLayer(NbdDisk.open(socket, export, DEPTH, depth -> depth != OWN));
    }

    /** In bytes, of the whole disk. */
    public long size() {
        return depths.size();
    }

    /** In order, without overlap; adjacent ones are joined. */
    public List<Extent> extents() throws IOException {
        List<Extent> own = new ArrayList<>();
        for (long at = 0; at < size(); at += LOOK_BYTES) {
            for (Extent extent : depths.extents(at, Math.min(LOOK_BYTES, size() - at))) {
                if (!extent.zero()) {
                    boolean adjacent = !own.isEmpty() && own.getLast().end() == extent.offset();
                    long from = adjacent ? own.removeLast().offset() : extent.offset();
                    own.add(new Extent(from, extent.end() - from, false));
                }
            }
        }
        return own;
    }

    @Override
    public void close() throws IOException {
        depths.close();
    }
}
