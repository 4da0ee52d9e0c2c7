package org.godwit.cli.remote;

import static java.util.Objects.requireNonNull;

import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.godwit.cli.remote.RemoteCommand.Input;

/**
 * A machine that was entered by somebody who may use sudo there: every command is run as root. A password goes into sudo's
 * standard input, before what the command itself reads, and is in no argument.
 */
public final class SudoHost implements RemoteHost {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String AGAIN = "try it with ssh: sudo -v has to succeed there; or enter the host as root@";
    /** Of a shell that does not find a command. */
    private static final int NOT_FOUND = 127;

    private final RemoteHost host;
    private final List<String> sudo;
    private final Optional<String> password;

    private SudoHost(RemoteHost host, List<String> sudo, Optional<String> password) {
        this.host = host;
        this.sudo = List.copyOf(sudo);
        this.password = requireNonNull(password, "password is null");
    }

    /**
     * Asks for the password only where sudo wants one.
     *
     * @param host as whoever logged in; is closed when sudo does not serve him
     * @throws RemoteException then
     */
    public static RemoteHost become(RemoteHost host, Login login, Questions questions) {
        try {
            return root(host, login, questions);
        } catch (RuntimeException e) {
            host.close();
            throw e;
        }
    }

    /** {@code -k}: what sudo remembers of earlier does not count, so that it asks each time, or never. */
    private static RemoteHost root(RemoteHost host, Login login, Questions questions) {
        SudoHost unasked = new SudoHost(host, List.of("sudo", "-k", "-n", "--"), Optional.empty());
        RemoteResult tried = unasked.run(new RemoteCommand(List.of("true"), Optional.empty(), LIMIT));
        if (tried.status() == 0) {
            return unasked;
        }
        if (tried.status() == NOT_FOUND) {
            throw new RemoteException("there is no sudo, and " + login.user() + " is not root",
                    "install sudo there, or enter the host as root@");
        }
        String password = questions.secret("Password of " + login + " for sudo: ").map(String::new)
                .orElseThrow(() -> new RemoteException(
                        "sudo wants a password of " + login.user() + " (" + tried.complaint() + ")",
                        "run this on a terminal, or allow it without: " + login.user() + " ALL=(root) NOPASSWD: ALL"));
        SudoHost asked = new SudoHost(host, List.of("sudo", "-k", "-S", "-p", "", "--"), Optional.of(password));
        RemoteResult checked = asked.run(new RemoteCommand(List.of("true"), Optional.empty(), LIMIT));
        if (checked.status() != 0) {
            throw new RemoteException("sudo does not let " + login.user() + " be root (" + checked.complaint() + ")",
                    AGAIN);
        }
        return asked;
    }

    @Override
    public String identity() {
        return host.identity();
    }

    @Override
    public RemoteResult run(RemoteCommand command) {
        return host.run(new RemoteCommand(Stream.concat(sudo.stream(), command.words().stream()).toList(),
                password.map(it -> behind(it, command.input())).or(command::input), command.limit()));
    }

    /** sudo reads no further than the end of the line. */
    private static Input behind(String password, Optional<Input> own) {
        Input first = Input.of(password + "\n");
        return own.map(input -> (Input) () -> new SequenceInputStream(first.open(), input.open())).orElse(first);
    }

    @Override
    public void close() {
        host.close();
    }
}
