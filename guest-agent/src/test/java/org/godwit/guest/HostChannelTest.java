package org.godwit.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import org.godwit.protocol.guest.GuestReply.Done;
import org.junit.jupiter.api.Test;

class HostChannelTest {

    private final LineLog silent = new LineLog(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8),
            () -> 0);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int answered;

    /** Hosts that come one after the other; between two the device reads as ended. */
    private String saidTo(List<String> hosts) throws IOException {
        ArrayDeque<String> waiting = new ArrayDeque<>(hosts);
        InputStream device = new InputStream() {
            private InputStream host = InputStream.nullInputStream();

            @Override
            public int read() {
                throw new AssertionError("read by the byte");
            }

            @Override
            public int read(byte[] bytes, int offset, int count) throws IOException {
                int read = host.read(bytes, offset, Math.min(count, 7));
                if (read < 0 && !waiting.isEmpty()) {
                    host = new ByteArrayInputStream(waiting.poll().getBytes(UTF_8));
                }
                return read;
            }
        };
        int[] absences = {0 };
        HostChannel channel = new HostChannel(_ -> {
            answered++;
            return new Done();
        }, () -> absences[0]++ < hosts.size(), silent);
        channel.serve(device, out);
        return out.toString(UTF_8) + "skipped " + channel.skipped();
    }

    @Test
    void oneHostFollowsTheOtherEvenInTheMiddleOfALine() throws IOException {
        assertThat(saidTo(List.of("\n{\"v\":1,\"id\":7,\"do\":\"status\"}\n{\"v\":1,\"id\":8,\"do\":\"sta",
                "\n{\"v\":1,\"id\":900,\"do\":\"status\"}\n"))).isEqualTo("""
                        {"v":1,"id":7,"is":"done"}
                        {"v":1,"id":900,"is":"done"}
                        skipped 1""");
    }

    @Test
    void whatShowsItsIdIsRefusedAndTheRestIsCounted() throws IOException {
        assertThat(saidTo(List.of("""
                login: root
                {"v":1,"id":3,"do":"reboot"}
                {"v":9,"id":4,"do":"status"}
                """))).isEqualTo(
                """
                        {"v":1,"id":3,"is":"refused","code":"unknown_request","message":"do must be enrol, status, stage, arm, unstage or settle, got \\"reboot\\""}
                        {"v":1,"id":4,"is":"refused","code":"unsupported_version","message":"v must be 1, got 9: bring host and guest agent to the same version"}
                        skipped 3""");
    }

    @Test
    void noiseIsSurvived() throws IOException {
        Random random = new Random(11);
        StringBuilder noise = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            noise.append((char) random.nextInt(1, 0x250));
        }

        saidTo(List.of(noise.toString(), "\n{\"v\":1,\"id\":5,\"do\":\"status\"}\n"));

        assertThat(answered).isOne();
        assertThat(out.toString(UTF_8)).endsWith("{\"v\":1,\"id\":5,\"is\":\"done\"}\n");
    }
}
