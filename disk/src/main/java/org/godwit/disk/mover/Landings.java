package org.godwit.disk.mover;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.godwit.disk.Disk;
import org.godwit.disk.wire.Frame.Open;
import org.godwit.disk.wire.Refusal;

/** Knows which disks may arrive, from whom, and where they go. */
public interface Landings {

    /**
     * Asked at the beginning of a transfer, and again when it is resumed.
     *
     * @throws RefusedException with {@link Refusal#NOT_EXPECTED} or {@link Refusal#NO_SPACE}, and a sentence for the sender's operator
     */
    Landing begin(Open open, Peer peer) throws IOException;

    /** Where one disk goes. Closed when the transfer ends in whatever way, after all disks that it opened. */
    interface Landing extends Closeable {

        /** For a disk that stands alone, and whose opener has nothing to close. */
        static Landing at(Disk.Opener target) {
            return new Landing() {

                @Override
                public Disk openTarget() throws IOException {
                    return target.open();
                }

                @Override
                public List<Disk.Opener> siblings() {
                    return List.of();
                }

                @Override
                public void verified() {}

                @Override
                public void close() {}
            };
        }

        /** The disk to be written: of the size that was announced. In the first attempt all of it is zero. */
        Disk openTarget() throws IOException;

        /** Other disks here that may have the same chunks at the same places, such as a golden image; most likely ones first. */
        List<Disk.Opener> siblings();

        /** The disk has all of it, on stable storage, was read again and compared, and is closed. The sender is told afterwards. */
        void verified() throws IOException;
    }
}
