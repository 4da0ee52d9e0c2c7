package org.godwit.cli.enrol;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.godwit.cli.remote.RemoteCommand;
import org.godwit.cli.remote.RemoteCommand.Input;
import org.godwit.cli.remote.RemoteException;
import org.godwit.cli.remote.RemoteHost;
import org.godwit.cli.remote.RemoteResult;

/** What is done on a host, each by one script that may run again. Every method throws a {@link RemoteException} on failure. */
public final class HostSetup {

    private static final Duration SHORT = Duration.ofSeconds(60);
    private static final Duration INSTALLATION = Duration.ofMinutes(15);
    private static final String MEND = "mend what it says on the host, then run this again: what is done is not done twice";

    private static final String INSTALL_FILE = """
            folder=$(mktemp -d /var/tmp/godwit-enrol.XXXXXX)
            trap 'rm -rf "$folder"' EXIT
            package=$folder/godwit-host-agent.deb
            cat > "$package"
            field() { dpkg-deb -f "$package" "$1"; }
            [ "$(field Package)" = godwit-host-agent ] || { echo "the file is no package of godwit-host-agent" >&2; exit 1; }
            case $(field Architecture) in
                all | "$(dpkg --print-architecture)") ;;
                *) echo "the package is for $(field Architecture), the host is $(dpkg --print-architecture)" >&2; exit 1 ;;
            esac
            export DEBIAN_FRONTEND=noninteractive
            apt-get install -q -y --reinstall --no-install-recommends -o Dpkg::Options::=--force-confold "$package" \\
                </dev/null >&2
            dpkg-query -W -f='${Version}' godwit-host-agent
            """;

    private static final String INSTALL_KNOWN = """
            export DEBIAN_FRONTEND=noninteractive
            [ "$(dpkg-query -W -f='${db:Status-Status}' godwit-host-agent 2>/dev/null || true)" = installed ] ||
                apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-confold godwit-host-agent \\
                    </dev/null >&2
            dpkg-query -W -f='${Version}' godwit-host-agent
            """;

    /** As a whole or not at all, also when the connection breaks: what is read then ends early. */
    private static final String WRITE = """
            umask 077
            mkdir -p -m 755 "${1%/*}"
            cat > "$1.new"
            [ "$(wc -c < "$1.new")" -eq "$3" ] || { rm -f "$1.new"; echo "it did not arrive whole" >&2; exit 1; }
            chmod "$2" "$1.new"
            mv -f "$1.new" "$1"
            """;

    private static final String START = """
            systemctl daemon-reload
            systemctl enable godwit-host-agent
            systemctl "$1" godwit-host-agent
            """;

    private final RemoteHost host;

    public HostSetup(RemoteHost host) {
        this.host = host;
    }

    public HostFacts look() {
        return HostFacts.parse(run(HostFacts.question(), "try the same with ssh: sh has to run there").out());
    }

    /** @return the version that is installed now */
    public String install(Path deb) {
        return run(RemoteCommand.script(INSTALLATION, INSTALL_FILE).reading(Input.of(deb)), MEND).out().strip();
    }

    /** What is there already, else what apt finds. @return the version */
    public String install() {
        return run(RemoteCommand.script(INSTALLATION, INSTALL_KNOWN),
                "give the package with --package FILE, or mend what apt says on the host").out().strip();
    }

    /** @return whether that changed anything */
    public boolean configure(AgentSettings settings) {
        String before = run(
                RemoteCommand.script(SHORT, "[ ! -e \"$1\" ] || cat \"$1\"", AgentSettings.FILE), MEND).out();
        String after = settings.in(before);
        if (after.equals(before)) {
            return false;
        }
        write(AgentSettings.FILE, "644", after);
        return true;
    }

    /** For root alone; an argument would be seen by everybody there. */
    public void handOver(String token) {
        write(AgentSettings.TOKEN_FILE, "600", token + "\n");
    }

    /** It has been used, and is good for nothing now. */
    public void forgetToken() {
        run(new RemoteCommand(List.of("rm", "-f", AgentSettings.TOKEN_FILE), Optional.empty(), SHORT), MEND);
    }

    public void checkSettings() {
        run(new RemoteCommand(
                List.of("godwit-host-agent", "--config", AgentSettings.FILE, "--check-config"),
                Optional.empty(), SHORT), "mend " + AgentSettings.FILE + " on the host, then run this again");
    }

    public void stop() {
        run(new RemoteCommand(List.of("systemctl", "stop", "godwit-host-agent"), Optional.empty(), SHORT),
                MEND);
    }

    /** At each start of the machine, too. @param anew whether an agent that runs is started again */
    public void start(boolean anew) {
        run(RemoteCommand.script(SHORT, START, anew ? "restart" : "start"),
                "on the host: journalctl -u godwit-host-agent");
    }

    /** What the agent said last; for people. */
    public String lastWords() {
        return host.run(RemoteCommand.script(SHORT,
                "journalctl -u godwit-host-agent -n 10 --no-pager -o cat 2>/dev/null || true")).out().strip();
    }

    private void write(String file, String mode, String text) {
        String bytes = String.valueOf(text.getBytes(StandardCharsets.UTF_8).length);
        run(RemoteCommand.script(SHORT, WRITE, file, mode, bytes).reading(Input.of(text)), MEND);
    }

    private RemoteResult run(RemoteCommand command, String remedy) {
        RemoteResult result = host.run(command);
        if (result.status() != 0) {
            throw new RemoteException("the host answers " + result.status() + ": " + result.complaint(), remedy);
        }
        return result;
    }
}
