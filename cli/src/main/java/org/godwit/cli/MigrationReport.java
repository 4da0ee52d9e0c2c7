package org.godwit.cli;

import java.util.Locale;
import org.godwit.protocol.rest.Resources.Directions;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.protocol.rest.Resources.Tcp;

/** What one migration was like, for people. */
public final class MigrationReport {

    private static final String NOT_MEASURED = "not measured";

    private MigrationReport() {}

    /** @return lines that end in a line feed */
    public static String render(Migration migration) {
        StringBuilder text = new StringBuilder();
        text.append(verdict(migration)).append('\n');
        // The first of the errors is the failure: said once.
        if (migration.failure() != null
                && migration.findings().stream().noneMatch(finding -> "error".equals(finding.severity()))) {
            text.append("  ").append(Text.shown(migration.failure().message())).append(" [")
                    .append(Text.shown(migration.failure().code())).append("]\n");
        }
        if (migration.turn() != null) {
            text.append("  waits for its turn, at position ").append(migration.turn().position()).append(": ")
                    .append(Text.shown(migration.turn().reason())).append('\n');
        }
        text.append(FindingLines.render(migration.findings()));
        text.append("  migration ").append(Text.shown(migration.id())).append("\n  ")
                .append(migration.strategy() == null ? "" : Text.shown(migration.strategy()) + ", ").append("epoch ")
                .append(migration.epoch()).append(", begun ").append(Text.shown(migration.createdAt())).append("\n\n");
        text.append(Waterfall.render(migration.phases())).append('\n');
        line(text, "VM downtime", Text.milliseconds(migration.vmDowntimeMs(), NOT_MEASURED));
        line(text, "network outage", directions(migration.outageMs(), "%.1f ms"));
        line(text, "probes lost", directions(migration.lost(), "%.0f"));
        line(text, "TCP", tcp(migration.tcp()));
        line(text, "T_ALL", Text.milliseconds(migration.tAllMs(), "not ended yet"));
        return text.toString();
    }

    private static String verdict(Migration migration) {
        String way = "VM " + Text.shown(migration.vm()) + " from " + Text.shown(migration.source()) + " to "
                + Text.shown(migration.target());
        return switch (migration.outcome()) {
            case "running" -> way + ": running, phase " + Text.shown(migration.phase());
            case "completed" -> way + ": completed";
            case "rehearsed" -> way + ": rehearsed; everything but the copy was done, and undone";
            case "refused" -> way + ": refused, nothing was changed";
            case "rolled_back" -> way + ": rolled back, the VM is safe at " + Text.shown(migration.source());
            case "uncertain" -> switch (migration.phase()) {
                case "INQUIRY" -> way + ": UNCERTAIN, both hypervisors are being asked where the VM runs;"
                        + " start it nowhere by hand";
                case "RECOVERY" -> way + ": UNCERTAIN, its post-copy broke and is taken up again;"
                        + " end it at neither host";
                case String phase -> way + ": UNCERTAIN, in phase " + Text.shown(phase)
                        + " for longer than it should be; it is tried again";
            };
            case "lost" -> way + ": LOST, the VM runs nowhere any more";
            case String other -> way + ": " + Text.shown(other);
        };
    }

    private static void line(StringBuilder text, String what, String value) {
        text.append(String.format(Locale.ROOT, "  %-16s %s%n", what, value));
    }

    private static String directions(Directions directions, String form) {
        return directions == null
                ? NOT_MEASURED
                : String.format(Locale.ROOT, "VM to peer " + form + ", peer to VM " + form, directions.vmToPeer(),
                        directions.peerToVm());
    }

    private static String tcp(Tcp tcp) {
        if (tcp == null) {
            return NOT_MEASURED;
        }
        return (tcp.survived() ? "survived" : "BROKEN") + ", longest stall " + Text.milliseconds(tcp.stallMs());
    }
}
