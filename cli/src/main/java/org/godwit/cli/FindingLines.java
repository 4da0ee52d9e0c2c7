package org.godwit.cli;

import java.util.List;
import java.util.Locale;
import org.godwit.protocol.rest.Resources.Finding;

/** What speaks against a migration, for people: a line for the problem, one for the remedy. */
final class FindingLines {

    private FindingLines() {}

    /** @return lines that end in a line feed; none when there are no findings */
    static String render(List<Finding> findings) {
        int width = findings.stream().mapToInt(finding -> Text.shown(finding.check()).length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        for (Finding finding : findings) {
            text.append(line(finding.severity(), finding.check(), width, finding.problem()))
                    .append(line("", "", width, finding.remedy()));
        }
        return text.toString();
    }

    private static String line(String severity, String check, int width, String sentence) {
        return String
                .format(Locale.ROOT, "  %-7s  %-" + width + "s  %s", severity.isEmpty() ? "" : Text.shown(severity),
                        check.isEmpty() ? "" : Text.shown(check), Text.shown(sentence))
                .stripTrailing() + "\n";
    }
}
