package org.godwit.lab.experiment;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;

/** What an experiment has to say, without how it looks. */
public record Report(String title, List<Block> blocks) {

    /** A part of it, in order. */
    public sealed interface Block {

        record Heading(String text) implements Block {}

        record Text(String text) implements Block {}

        /** Lines of as many cells as the header has. */
        record Table(String caption, List<String> header, List<List<String>> lines) implements Block {

            public Table {
                header = List.copyOf(header);
                lines = lines.stream().map(List::copyOf).toList();
                for (List<String> line : lines) {
                    if (line.size() != header.size()) {
                        throw new IllegalArgumentException("a line of the table \"" + caption + "\" has "
                                + line.size() + " cells, and the header " + header.size());
                    }
                }
            }
        }

        /** @param name of the PNG, without its ending: letters, digits and hyphens */
        record Figure(String name, LineChart chart) implements Block {}
    }

    public Report {
        requireNonNull(title, "title is null");
        blocks = List.copyOf(blocks);
    }

    /**
     * The paper's numbers beside ours.
     *
     * @param unit of all of them
     * @param format of a number, for {@link String#format}
     */
    public static Block.Table compared(String caption, String unit, String format, List<Comparison> comparisons) {
        return new Block.Table(caption, List.of("", "paper, " + unit, "ours, " + unit, "deviation"),
                comparisons.stream().map(one -> List.of(one.what(), String.format(Locale.ROOT, format, one.paper()),
                        String.format(Locale.ROOT, format, one.ours()),
                        String.format(Locale.ROOT, "%+.2f %%", one.deviation() * 100)))
                        .toList());
    }

    /**
     * @param paper not zero
     */
    public record Comparison(String what, double paper, double ours) {

        /** @throws IllegalArgumentException when there is nothing to compare with */
        public Comparison {
            if (paper == 0 || !Double.isFinite(paper) || !Double.isFinite(ours)) {
                throw new IllegalArgumentException(what + ": cannot compare " + ours + " with " + paper);
            }
        }

        /** As a share of the paper's number. */
        public double deviation() {
            return ours / paper - 1;
        }
    }
}
