package org.godwit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.godwit.cli.remote.RemoteCommand;
import org.godwit.cli.remote.RemoteHost;
import org.godwit.cli.remote.RemoteResult;

/** A host that answers what it was told to, by a piece of the command, and writes down all that it was asked to do. */
final class FakeHost implements RemoteHost {

    static final String DEBIAN = """
            uid=0
            kernel=Linux 6.1.0-31-amd64
            system=Debian GNU/Linux 12 (bookworm)
            family=debian
            systemd=yes
            architecture=amd64
            agent=
            program=apt-get
            program=libvirtd
            program=qemu
            bridge=br0
            bridge=virbr0
            """;

    private final Map<String, RemoteResult> answers = new LinkedHashMap<>();
    private final StringBuilder journal = new StringBuilder();
    private final StringBuilder lines = new StringBuilder();
    private Runnable started = () -> {};
    private boolean closed;

    FakeHost() {
        says("say uid", DEBIAN);
        says("db:Status-Status}' godwit-host-agent", "0.1.0");
        says("dpkg-deb -f", "0.1.0");
    }

    /** @param piece of the command that is answered so; the latest that fits counts */
    FakeHost says(String piece, String out) {
        return answers(piece, new RemoteResult(0, out, ""));
    }

    FakeHost answers(String piece, RemoteResult result) {
        answers.remove(piece);
        answers.put(piece, result);
        return this;
    }

    /** What happens when the agent is started. */
    FakeHost whenStarted(Runnable happening) {
        started = happening;
        return this;
    }

    /** Every command with what it read; what is secret is not told apart. */
    String journal() {
        return journal.toString();
    }

    /** The commands alone, as everybody on the host can see them. */
    String lines() {
        return lines.toString();
    }

    boolean closed() {
        return closed;
    }

    @Override
    public String identity() {
        return "SHA256:known";
    }

    @Override
    public RemoteResult run(RemoteCommand command) {
        lines.append(command.line()).append('\n');
        journal.append("$ ").append(String.join(" ", command.words()).replace("\n sh", "\n-- sh").stripTrailing())
                .append('\n');
        command.input().ifPresent(input -> {
            try (InputStream in = input.open()) {
                journal.append(new String(in.readAllBytes(), StandardCharsets.UTF_8).indent(4).replaceAll("(?m)^ {4}",
                        "  < "));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        if (command.line().contains("systemctl enable")) {
            started.run();
        }
        String all = String.join(" ", command.words());
        return answers.entrySet().stream().filter(it -> all.contains(it.getKey()))
                .reduce((_, later) -> later).map(Map.Entry::getValue).orElse(new RemoteResult(0, "", ""));
    }

    @Override
    public void close() {
        closed = true;
    }
}
