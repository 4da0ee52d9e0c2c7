package org.godwit.lab.meter;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.model.HomeAddress;

/**
 * The echo requests that the VM sends every 0.2 s, captured where they reach the correspondent: Watanabe's T_DW (section 4.1)
 * is the longest time without one.
 */
final class CaptureReader implements AutoCloseable {

    private static final Pattern REQUEST = Pattern.compile("echo request, id \\d+, seq (\\d+)");

    private final LineReader tcpdump;

    private CaptureReader(LineReader tcpdump) {
        this.tcpdump = tcpdump;
    }

    /** @param vm whose requests are meant: their identifier is the last two bytes of its HoA, whatever its MoA is */
    static CaptureReader start(Recording recording, LongSupplier clockNs, String device, HomeAddress vm)
            throws IOException {
        return new CaptureReader(LineReader.start(
                List.of("tcpdump", "-i", device, "-n", "-l", "--immediate-mode", "-Q", "in",
                        "icmp6 and ip6[40] == 128 and ip6[44:2] == " + identifier(vm)),
                line -> request(line).ifPresent(seq -> recording.pingRequest(clockNs.getAsLong(), seq))));
    }

    private static int identifier(HomeAddress vm) {
        byte[] bytes = vm.bytes();
        return (bytes[bytes.length - 2] & 0xff) << 8 | bytes[bytes.length - 1] & 0xff;
    }

    static OptionalLong request(String line) {
        Matcher request = REQUEST.matcher(line);
        return request.find() ? OptionalLong.of(Long.parseLong(request.group(1))) : OptionalLong.empty();
    }

    @Override
    public void close() {
        tcpdump.close();
    }
}
