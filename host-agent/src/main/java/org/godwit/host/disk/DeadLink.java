package org.godwit.host.disk;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.godwit.host.program.ProgramException;
import org.godwit.host.program.Programs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether a target is reached while a VM's writes are sent there at once. Over a link that carries nothing each of them would wait,
 * and the VM with it, until TCP gives up after a quarter of an hour; and so would libvirt before it let the migration fail. When
 * nothing was heard of the target for a while, QEMU's connections there are ended: then the migration fails, and the VM goes on.
 */
final class DeadLink {

    /** More than a link that mends itself is away for. */
    static final Duration SILENCE_MAX = Duration.ofSeconds(12);

    static final Duration LOOK_INTERVAL = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(DeadLink.class);
    private static final int ANSWER_TIME_MAX_MS = 2000;

    private final BooleanSupplier isReached;
    private final Runnable end;
    private final LongSupplier nanoClock;
    private long heardAt;

    /** @param end what is waiting for an answer; done again after each further time of silence */
    DeadLink(BooleanSupplier isReached, Runnable end, LongSupplier nanoClock) {
        this.isReached = isReached;
        this.end = end;
        this.nanoClock = nanoClock;
        this.heardAt = nanoClock.getAsLong();
    }

    /** To where a target takes disks. @param target resolved */
    static DeadLink to(InetSocketAddress target, Programs programs, LongSupplier nanoClock) {
        return new DeadLink(() -> answers(target), () -> endConnections(target, programs), nanoClock);
    }

    void look() {
        if (isReached.getAsBoolean()) {
            heardAt = nanoClock.getAsLong();
        } else if (nanoClock.getAsLong() - heardAt >= SILENCE_MAX.toNanos()) {
            end.run();
            heardAt = nanoClock.getAsLong();
        }
    }

    /** Who refuses is there. */
    private static boolean answers(InetSocketAddress target) {
        try (Socket socket = new Socket()) {
            socket.connect(target, ANSWER_TIME_MAX_MS);
            return true;
        } catch (ConnectException _) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /** Those to libvirt's ports for migrations (migration_port_min and migration_port_max of its qemu.conf). */
    private static void endConnections(InetSocketAddress target, Programs programs) {
        String address = target.getAddress().getHostAddress();
        LOG.warn("nothing is heard of {} any more: what QEMU sends there is broken off, since VMs wait for it",
                address);
        try {
            programs.require("", "ss", "--tcp", "--kill", "dst", "[" + address + "]", "and", "dport", ">=", ":49152",
                    "and", "dport", "<=", ":49215");
        } catch (ProgramException e) {
            LOG.warn("QEMU's connections to {} cannot be broken off: {}", address, e.getMessage());
        }
    }
}
