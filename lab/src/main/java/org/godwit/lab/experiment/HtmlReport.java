package org.godwit.lab.experiment;

import java.util.Map;
import java.util.stream.Collectors;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.experiment.Report.Block;

/** One page that needs nothing beside itself. */
final class HtmlReport {

    private static final String STYLE = """
            body { font: 15px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; }
            table { border-collapse: collapse; margin: 1em 0 2em; }
            caption { text-align: left; font-weight: bold; padding: .3em 0; }
            th, td { border-bottom: 1px solid #ccc; padding: .2em .8em; text-align: right; }
            th:first-child, td:first-child { text-align: left; }
            figure { margin: 1em 0 2em; } figcaption { color: #666; }
            svg { max-width: 100%; height: auto; }
            pre { background: #f4f4f4; padding: .8em; overflow: auto; }
            """;

    private HtmlReport() {}

    /** @param command that made it, as it is typed */
    static String render(Report report, String paper, String command, Machine machine, Map<String, Object> options) {
        StringBuilder page = new StringBuilder();
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
                .append(escaped(report.title())).append("</title>\n<style>\n").append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>").append(escaped(report.title()))
                .append("</h1>\n<p>Compared with: ")
                .append(escaped(paper)).append("</p>\n");
        report.blocks().forEach(block -> page.append(block(block)).append('\n'));
        page.append("<h2>How this was made</h2>\n<pre>").append(escaped(command)).append("</pre>\n<pre>")
                .append(escaped(machine.text()));
        options.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(option -> page
                .append(escaped(option.getKey() + ": " + option.getValue())).append('\n'));
        return page.append("</pre>\n</body>\n</html>\n").toString();
    }

    private static String block(Block block) {
        return switch (block) {
            case Block.Heading(String text) -> "<h2>" + escaped(text) + "</h2>";
            case Block.Text(String text) -> "<p>" + escaped(text) + "</p>";
            case Block.Figure(String _, LineChart chart) -> "<figure>" + ChartImages.svg(chart) + "<figcaption>"
                    + escaped(chart.title()) + "</figcaption></figure>";
            case Block.Table table -> table(table);
        };
    }

    private static String table(Block.Table table) {
        return "<table>\n<caption>" + escaped(table.caption()) + "</caption>\n<thead><tr>"
                + table.header().stream().map(cell -> "<th>" + escaped(cell) + "</th>").collect(Collectors.joining())
                + "</tr></thead>\n<tbody>\n"
                + table.lines().stream().map(line -> "<tr>"
                        + line.stream().map(cell -> "<td>" + escaped(cell) + "</td>").collect(Collectors.joining())
                        + "</tr>\n").collect(Collectors.joining())
                + "</tbody>\n</table>";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
