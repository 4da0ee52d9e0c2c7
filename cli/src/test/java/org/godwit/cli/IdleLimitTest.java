package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IdleLimitTest {

    private final SilentServer server = new SilentServer();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aBodyOfWhichNothingComesEnds() throws IOException {
        try (var body = new IdleLimit(server.body(), Duration.ofMillis(100))) {
            assertThat(body.read()).isEqualTo('x');
            assertThatThrownBy(body::read).isInstanceOf(HttpTimeoutException.class)
                    .hasMessageContaining("nothing came");
        }
    }

    @Test
    void aBodyThatComesIsReadToItsEnd() throws IOException {
        byte[] text = "all of it".getBytes(StandardCharsets.UTF_8);
        try (var body = new IdleLimit(new ByteArrayInputStream(text), Duration.ofMinutes(1))) {
            assertThat(body.readAllBytes()).isEqualTo(text);
        }
    }
}
