package org.godwit.lab.experiment;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.godwit.lab.experiment.Report.Block;

/** For the terminal: all but the figures. */
public final class TextReport {

    private TextReport() {}

    public static String render(Report report) {
        StringBuilder text = new StringBuilder(report.title()).append('\n');
        for (Block block : report.blocks()) {
            switch (block) {
                case Block.Heading(String heading) ->
                    text.append('\n').append(heading).append('\n').append("-".repeat(heading.length())).append('\n');
                case Block.Text(String words) -> text.append(words).append('\n');
                case Block.Figure _ -> {
                    // Stands in the HTML.
                }
                case Block.Table table -> text.append('\n').append(table(table));
            }
        }
        return text.toString();
    }

    private static String table(Block.Table table) {
        int[] widths = IntStream.range(0, table.header().size())
                .map(column -> Math.max(table.header().get(column).length(), Collections
                        .max(table.lines().stream().map(line -> line.get(column).length()).toList())))
                .toArray();
        StringBuilder text = new StringBuilder(table.caption()).append('\n').append(line(table.header(), widths));
        table.lines().forEach(line -> text.append(line(line, widths)));
        return text.toString();
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder text = new StringBuilder("  ");
        for (int column = 0; column < cells.size(); column++) {
            String gap = " ".repeat(widths[column] - cells.get(column).length());
            text.append(column == 0 ? cells.get(column) + gap : "  " + gap + cells.get(column));
        }
        return text.toString().stripTrailing() + '\n';
    }
}
