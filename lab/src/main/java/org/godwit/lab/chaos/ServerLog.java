package org.godwit.lab.chaos;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.lab.LabException;
import org.godwit.model.MigrationPhase;

/**
 * What the control server writes, read along: a phase is written there once it is on the server's disk and before anything of
 * it is done, which nothing else tells as early.
 */
final class ServerLog {

    private static final Pattern PHASE = Pattern.compile("migration=(\\S+) .*phase=\\w+→(\\w+)");
    private static final long POLL_NS = 500_000;

    private final Path file;
    private final InstantSource clock;

    ServerLog(Path file, InstantSource clock) {
        this.file = requireNonNull(file, "file is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** A migration has entered a phase. */
    record PhaseChange(String migration, MigrationPhase phase) {

        static Optional<PhaseChange> in(String line) {
            Matcher matcher = PHASE.matcher(line);
            return matcher.find()
                    ? Optional.of(new PhaseChange(matcher.group(1), MigrationPhase.valueOf(matcher.group(2))))
                    : Optional.empty();
        }
    }

    /** Reads on from the end that the log has now. */
    Cursor end() {
        return new Cursor(file.toFile().length());
    }

    /** One reader; not for several threads. */
    final class Cursor {

        private long position;

        private Cursor(long position) {
            this.position = position;
        }

        /** The next line of this kind that is there already; lines before it are passed over. */
        Optional<String> next(Predicate<String> isWanted) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                byte[] fresh = read(channel);
                int start = 0;
                for (int i = 0; i < fresh.length; i++) {
                    if (fresh[i] != '\n') {
                        continue;
                    }
                    String line = new String(fresh, start, i - start, StandardCharsets.UTF_8);
                    start = i + 1;
                    if (isWanted.test(line)) {
                        position += start;
                        return Optional.of(line);
                    }
                }
                position += start;
                return Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(file + " cannot be read", e);
            }
        }

        private byte[] read(FileChannel channel) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.max(0, channel.size() - position));
            while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
                // until it is full
            }
            byte[] fresh = new byte[buffer.position()];
            buffer.flip().get(fresh);
            return fresh;
        }

        /** Waits for a line, looking so often that hardly a millisecond passes. @throws LabException when the limit passes */
        String await(Duration limit, Predicate<String> isWanted, String what) {
            Instant deadline = clock.instant().plus(limit);
            while (true) {
                Optional<String> line = next(isWanted);
                if (line.isPresent()) {
                    return line.get();
                }
                if (clock.instant().isAfter(deadline)) {
                    throw new LabException("the control server has not said within " + limit.toSeconds() + " s that "
                            + what + "; its log: " + file);
                }
                LockSupport.parkNanos(POLL_NS);
            }
        }

        /** Waits until a migration enters a phase of this kind. @throws LabException when the limit passes */
        PhaseChange awaitPhase(Duration limit, Predicate<MigrationPhase> isWanted, String what) {
            String line = await(limit, l -> PhaseChange.in(l).filter(change -> isWanted.test(change.phase()))
                    .isPresent(), what);
            return PhaseChange.in(line).orElseThrow();
        }
    }
}
