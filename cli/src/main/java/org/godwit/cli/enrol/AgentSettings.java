package org.godwit.cli.enrol;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.godwit.model.Name;

/**
 * What a host agent must be told.
 *
 * @param mcs where the control server listens for agents, {@code [address]:port}
 * @param libvirtUri where other hosts reach this host's libvirt
 */
public record AgentSettings(Name name, String mcs, String reachableBridge, String libvirtUri) {

    /** Of the agent's settings. */
    static final String FILE = "/etc/godwit/host-agent.conf";
    static final String TOKEN_FILE = "/etc/godwit/host-agent.token";

    private static final Pattern LINE = Pattern.compile("(?<off>#?)(?<key>[a-z][a-z-]*) *= ?.*");

    public AgentSettings {
        Stream.of(mcs, reachableBridge, libvirtUri).filter(value -> !value.matches("[!-~]{1,200}"))
                .forEach(value -> {
                    throw new IllegalArgumentException("a setting is one word of at most 200 characters");
                });
    }

    /**
     * A file of settings that says this. Whatever else it says stays, comments too.
     *
     * @param before what it said until now; may be empty
     */
    String in(String before) {
        Map<String, String> missing = new LinkedHashMap<>();
        missing.put("mcs", mcs);
        missing.put("name", name.text());
        missing.put("token-file", TOKEN_FILE);
        missing.put("reachable-bridge", reachableBridge);
        missing.put("libvirt-uri", libvirtUri);
        Map<String, String> ours = Map.copyOf(missing);
        StringBuilder after = new StringBuilder();
        before.lines().forEach(line -> {
            Matcher setting = LINE.matcher(line.strip());
            if (!setting.matches() || !ours.containsKey(setting.group("key"))) {
                after.append(line).append('\n');
            } else if (setting.group("off").isEmpty() || !saysElsewhere(before, setting.group("key"))) {
                // In place of what it said, or of the example that shows how to say it.
                String value = missing.remove(setting.group("key"));
                after.append(value == null ? "" : setting.group("key") + " = " + value + "\n");
            } else {
                after.append(line).append('\n');
            }
        });
        missing.forEach((key, value) -> after.append(key).append(" = ").append(value).append('\n'));
        return after.toString();
    }

    private static boolean saysElsewhere(String settings, String key) {
        return settings.lines().map(line -> LINE.matcher(line.strip()))
                .anyMatch(it -> it.matches() && it.group("off").isEmpty() && it.group("key").equals(key));
    }
}
