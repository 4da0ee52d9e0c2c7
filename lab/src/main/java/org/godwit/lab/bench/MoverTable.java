package org.godwit.lab.bench;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The transports beside each other, for each kind of disk. ASCII. */
final class MoverTable {

    private MoverTable() {}

    /** @return lines that end in a line feed; what never had a turn is left out */
    static String render(List<MoverRun> runs) {
        StringBuilder text = new StringBuilder();
        for (Stuff stuff : Stuff.values()) {
            List<MoverRun> of = runs.stream().filter(run -> run.stuff() == stuff).toList();
            if (!of.isEmpty()) {
                text.append(String.format(Locale.ROOT, "%-24s %3s %14s %8s %8s %9s %9s %9s%n", stuff, "n",
                        "MiB/s (median)", "lowest", "highest", "link MiB", "sender MB", "receiver"));
                for (Transport transport : Transport.values()) {
                    line(text, transport, of.stream().filter(run -> run.transport() == transport).toList());
                }
            }
        }
        return text.toString();
    }

    private static void line(StringBuilder text, Transport transport, List<MoverRun> runs) {
        if (runs.isEmpty()) {
            return;
        }
        Sample rate = Sample.of(runs.stream().map(MoverRun::mibPerS).toList());
        text.append(String.format(Locale.ROOT, "  %-22s %3d %14.0f %8.0f %8.0f %9.0f %9s %9s%n", transport, rate.n(),
                rate.median(), rate.lowest(), rate.highest(),
                Sample.of(runs.stream().map(MoverRun::linkMib).toList()).median(),
                highest(runs.stream().map(MoverRun::senderMb).filter(Objects::nonNull).toList()),
                highest(runs.stream().map(MoverRun::receiverMb).filter(Objects::nonNull).toList())));
    }

    private static String highest(List<Integer> megabytes) {
        return megabytes.isEmpty() ? "" : String.format(Locale.ROOT, "%.0f", Sample.of(megabytes).highest());
    }
}
