package org.godwit.cli.enrol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.godwit.cli.remote.RemoteCommand;

/**
 * What a host is, as it says itself.
 *
 * @param uid whose rights we have there; 0 is root
 * @param system for people, such as Debian GNU/Linux 12 (bookworm)
 * @param family the distribution and those that it is made from, such as ubuntu, debian
 * @param architecture in dpkg's words; empty where there is no dpkg
 * @param programs those of apt-get, libvirtd, virtqemud, radvd and qemu that are there
 * @param agent the version of the agent's package; empty when it is not installed
 * @param name by which its agent's settings call it; empty when they do not
 * @param certified whether its agent has a certificate
 * @param bridges those that may lead to the site's link: not libvirt's own, nor ours
 */
public record HostFacts(int uid, String system, List<String> family, String architecture, String kernel,
        boolean systemd, Set<String> programs, Optional<String> agent, Optional<String> name, boolean certified,
        List<String> bridges) {

    static final String QUESTION = """
            PATH="/usr/local/sbin:/usr/sbin:/sbin:$PATH"
            say() { printf '%s=%s\\n' "$1" "$2"; }
            say uid "$(id -u)"
            say kernel "$(uname -sr)"
            if [ -r /etc/os-release ]; then
                . /etc/os-release
                say system "${PRETTY_NAME:-}"
                say family "${ID:-} ${ID_LIKE:-}"
            fi
            if [ -d /run/systemd/system ]; then say systemd yes; fi
            if command -v dpkg >/dev/null; then
                say architecture "$(dpkg --print-architecture)"
                say agent "$(dpkg-query -W -f='${db:Status-Status} ${Version}' godwit-host-agent 2>/dev/null || true)"
            fi
            for program in apt-get libvirtd virtqemud radvd; do
                if command -v "$program" >/dev/null; then say program "$program"; fi
            done
            for qemu in /usr/bin/qemu-system-* /usr/bin/qemu-kvm /usr/libexec/qemu-kvm; do
                if [ -x "$qemu" ]; then say program qemu; fi
            done
            for bridge in /sys/class/net/*/bridge; do
                if [ -d "$bridge" ]; then bridge=${bridge%/bridge}; say bridge "${bridge##*/}"; fi
            done
            if [ -r /etc/godwit/host-agent.conf ]; then
                say name "$(sed -n 's/^[[:space:]]*name[[:space:]]*=[[:space:]]*//p' /etc/godwit/host-agent.conf | tail -n 1)"
            fi
            if [ -e /var/lib/godwit/host-agent/identity/identity.pem ]; then say certified yes; fi
            """;

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String OF_OTHERS = "virbr\\d.*|docker\\d+|lxcbr\\d+|lxdbr\\d+|podman\\d+|br-[0-9a-f]{12}|gw-idle|gws-.*";

    public HostFacts {
        family = List.copyOf(family);
        programs = Set.copyOf(programs);
        bridges = List.copyOf(bridges);
    }

    static RemoteCommand question() {
        return RemoteCommand.script(LIMIT, QUESTION);
    }

    /** @param answer lines of the form {@code key=value}; what is not understood is passed over */
    static HostFacts parse(String answer) {
        Map<String, List<String>> said = new LinkedHashMap<>();
        answer.lines().filter(line -> line.indexOf('=') > 0).forEach(line -> {
            int at = line.indexOf('=');
            said.computeIfAbsent(line.substring(0, at), _ -> new ArrayList<>()).add(line.substring(at + 1).strip());
        });
        String uid = last(said, "uid");
        String agent = last(said, "agent");
        return new HostFacts(uid.matches("\\d{1,9}") ? Integer.parseInt(uid) : -1, last(said, "system"),
                List.of(last(said, "family").split("\\s+")), last(said, "architecture"), last(said, "kernel"),
                last(said, "systemd").equals("yes"), Set.copyOf(said.getOrDefault("program", List.of())),
                agent.startsWith("installed ") ? Optional.of(agent.substring("installed ".length())) : Optional.empty(),
                Optional.of(last(said, "name")).filter(name -> !name.isEmpty()),
                last(said, "certified").equals("yes"),
                said.getOrDefault("bridge", List.of()).stream().filter(it -> !it.matches(OF_OTHERS)).toList());
    }

    private static String last(Map<String, List<String>> said, String key) {
        List<String> values = said.getOrDefault(key, List.of());
        return values.isEmpty() ? "" : values.getLast();
    }

    /** Why it cannot become a host of Godwit as it is: all of it, each with what to do. */
    public List<String> obstacles() {
        List<String> obstacles = new ArrayList<>();
        if (uid != 0) {
            obstacles.add("we are not root there: enter it as root@, or as somebody who may be root by sudo");
        }
        if (!family.contains("debian") || !programs.contains("apt-get")) {
            obstacles.add("it is " + (system.isEmpty() ? "of an unknown kind" : system)
                    + ", and packages are for Debian and Ubuntu: install the agent by hand, see docs/operating.md");
        }
        if (!systemd) {
            obstacles.add("systemd does not run there, which looks after the agent");
        }
        if (!programs.contains("libvirtd") && !programs.contains("virtqemud")) {
            obstacles.add("it has no libvirt: apt-get install libvirt-daemon-system");
        }
        if (!programs.contains("qemu")) {
            obstacles.add("it has no QEMU: apt-get install "
                    + (architecture.equals("arm64") ? "qemu-system-arm" : "qemu-system-x86"));
        }
        return obstacles;
    }

    @Override
    public String toString() {
        return system + ", " + architecture + ", " + kernel
                + (programs.contains("radvd") ? "" : ", no radvd yet (comes with the agent)")
                + agent.map(version -> ", godwit-host-agent " + version).orElse("");
    }
}
