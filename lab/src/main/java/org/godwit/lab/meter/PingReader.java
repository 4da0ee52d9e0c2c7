package org.godwit.lab.meter;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.model.HomeAddress;

/** {@code ping6} to the VM, {@code -i 0.2} as a rule: the paper's instrument, and what an operator would have running in another window. */
final class PingReader implements AutoCloseable {

    private static final Pattern REPLY = Pattern.compile("bytes from .*icmp_seq=(\\d+)");

    private final LineReader ping;

    private PingReader(LineReader ping) {
        this.ping = ping;
    }

    static PingReader start(Recording recording, LongSupplier clockNs, HomeAddress vm, Duration interval)
            throws IOException {
        String seconds = BigDecimal.valueOf(interval.toMillis(), 3).toString();
        return new PingReader(LineReader.start(List.of("ping", "-6", "-n", "-i", seconds, vm.toString()),
                line -> reply(line).ifPresent(seq -> recording.pingReply(clockNs.getAsLong(), seq))));
    }

    static OptionalLong reply(String line) {
        Matcher reply = REPLY.matcher(line);
        return reply.find() ? OptionalLong.of(Long.parseLong(reply.group(1))) : OptionalLong.empty();
    }

    @Override
    public void close() {
        ping.close();
    }
}
