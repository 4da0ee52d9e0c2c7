package org.godwit.protocol.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GuestLinesTest {

    private final GuestLines lines = new GuestLines();

    private void feed(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        lines.feed(bytes, 0, bytes.length);
    }

    private List<String> polled() {
        List<String> all = new ArrayList<>();
        for (byte[] line = lines.poll(); line != null; line = lines.poll()) {
            all.add(new String(line, UTF_8));
        }
        return all;
    }

    @Test
    void linesComeWholeHoweverTheyAreCut() {
        String text = "first\nsecond line\n\nthird\n";
        Random random = new Random(7);
        for (int round = 0; round < 100; round++) {
            for (int at = 0; at < text.length();) {
                int end = Math.min(text.length(), at + random.nextInt(1, 9));
                feed(text.substring(at, end));
                at = end;
            }
            assertThat(polled()).containsExactly("first", "second line", "third");
        }
        assertThat(lines.skipped()).isZero();
    }

    @Test
    void aLineThatIsTooLongIsSkippedAndCountedAndTheNextOneIsRead() {
        feed("x".repeat(4095) + "\n");
        feed("y".repeat(10_000));
        feed("y\nnext\n");

        assertThat(polled()).containsExactly("x".repeat(4095), "next");
        assertThat(lines.skipped()).isOne();
    }

    @Test
    void aHalfLineOfAPredecessorEndsWithTheEmptyLineOfItsSuccessor() {
        feed("{\"v\":1,\"id\":4,\"do\":\"sta");
        feed("\n{\"v\":1,\"id\":5,\"do\":\"status\"}\n");

        assertThat(polled()).containsExactly("{\"v\":1,\"id\":4,\"do\":\"sta", "{\"v\":1,\"id\":5,\"do\":\"status\"}");
    }

    @Test
    void aFloodIsBounded() {
        feed("z\n".repeat(1000));

        assertThat(polled()).hasSize(GuestLines.WAITING_MAX);
        assertThat(lines.skipped()).isEqualTo(1000 - GuestLines.WAITING_MAX);
    }
}
