package org.godwit.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteCommandTest {

    @ParameterizedTest
    @ValueSource(strings = {"plain", "", "two words", "it's", "$(id); `id` && x", "*\"?\\n\\", "a\nb", "-x=ü" })
    void aShellHandsEveryWordOnAsItIs(String word) throws IOException, InterruptedException {
        RemoteCommand command = new RemoteCommand(List.of("printf", "%s", word), Optional.empty(),
                Duration.ofSeconds(1));
        Process shell = new ProcessBuilder("sh", "-c", command.line()).start();
        assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(word);
        assertThat(shell.waitFor()).isZero();
    }

    @Test
    void whatItReadsIsNotShown() {
        assertThat(RemoteCommand.script(Duration.ofSeconds(1), "cat").reading(RemoteCommand.Input.of("s3cret"))
                .toString()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource({"root@a-1.example, root, a-1.example, 22", "root@[2001:db8::1]:2222, root, 2001:db8::1, 2222",
            "root@[fe80::1%eth0], root, fe80::1%eth0, 22", "admin@192.0.2.1:22, admin, 192.0.2.1, 22" })
    void aLoginIsRead(String text, String user, String host, int port) {
        assertThat(Login.parse(text)).isEqualTo(new Login(user, host, port));
    }
}
