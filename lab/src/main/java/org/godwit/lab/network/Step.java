package org.godwit.lab.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lines for one tool in one network namespace.
 *
 * @param namespace empty for the machine's own
 */
public record Step(Tool tool, String namespace, List<String> lines) {

    /** Who understands the lines. */
    public enum Tool {
        IP, SYSCTL, TC
    }

    public Step {
        requireNonNull(tool, "tool is null");
        requireNonNull(namespace, "namespace is null");
        lines = List.copyOf(lines);
    }

    /** The program and its arguments; for IP and TC the lines are its input. */
    public List<String> command() {
        return switch (tool) {
            case IP ->
                namespace.isEmpty() ? List.of("ip", "-batch", "-") : List.of("ip", "-n", namespace, "-batch", "-");
            case TC -> List.of("tc", "-n", namespace, "-batch", "-");
            // Not "ip netns exec": that would mount a new /sys for each call.
            case SYSCTL -> {
                List<String> command = new ArrayList<>(
                        List.of("nsenter", "--net=/run/netns/" + namespace, "--", "sysctl", "-q", "-w"));
                command.addAll(lines);
                yield List.copyOf(command);
            }
        };
    }

    public String input() {
        return tool == Tool.SYSCTL ? "" : String.join("\n", lines) + "\n";
    }

    @Override
    public String toString() {
        return "# " + tool.name().toLowerCase(Locale.ROOT) + (namespace.isEmpty() ? "" : " in " + namespace)
                + "\n" + String.join("\n", lines) + "\n";
    }
}
