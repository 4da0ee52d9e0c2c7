package org.godwit.planner.simulation;

import java.util.List;
import java.util.stream.IntStream;

/** What a guest has been seen to do, to be done again. */
public final class Trace implements Workload {

    /**
     * @param seconds of the guest's time
     * @param page zero or more
     */
    public record Access(double seconds, int page, boolean isWrite) {

        /** @throws IllegalArgumentException when the page is negative, or the time is no number */
        public Access {
            if (page < 0 || !Double.isFinite(seconds)) {
                throw new IllegalArgumentException(
                        "an access has a time and a page from zero, got " + seconds + " and " + page);
            }
        }
    }

    private final List<Access> accesses;
    private int next;

    /** @throws IllegalArgumentException when times descend, or a page is not in the memory */
    public Trace(List<Access> accesses, Memory memory) {
        this.accesses = List.copyOf(accesses);
        for (int i = 0; i < this.accesses.size(); i++) {
            Access access = this.accesses.get(i);
            if (access.page() >= memory.pages()) {
                throw new IllegalArgumentException("access " + (i + 1) + " is to page " + access.page()
                        + ", and the memory has " + memory.pages());
            }
            if (i > 0 && access.seconds() < this.accesses.get(i - 1).seconds()) {
                throw new IllegalArgumentException("access " + (i + 1) + " is earlier than the one before");
            }
        }
    }

    /**
     * A line for each access: seconds, page, and {@code r} or {@code w}, with spaces between. Empty lines, and lines that begin with
     * {@code #}, say nothing.
     *
     * @throws IllegalArgumentException when a line is something else, with its number
     */
    public static List<Access> parse(List<String> lines) {
        return IntStream.range(0, lines.size())
                .filter(i -> !lines.get(i).isBlank() && !lines.get(i).startsWith("#"))
                .mapToObj(i -> parse(i + 1, lines.get(i).strip().split("\\s+"))).toList();
    }

    private static Access parse(int number, String[] words) {
        if (words.length == 3 && (words[2].equals("r") || words[2].equals("w"))) {
            try {
                return new Access(Double.parseDouble(words[0]), Integer.parseInt(words[1]), words[2].equals("w"));
            } catch (IllegalArgumentException _) {
                // Told below, as for any other line.
            }
        }
        throw new IllegalArgumentException("line " + number + " of the trace must be seconds, page, r or w; got \""
                + String.join(" ", words) + "\"");
    }

    @Override
    public double at() {
        return next < accesses.size() ? accesses.get(next).seconds() : Double.POSITIVE_INFINITY;
    }

    @Override
    public int page() {
        return accesses.get(next).page();
    }

    @Override
    public boolean isWrite() {
        return accesses.get(next).isWrite();
    }

    @Override
    public void advance() {
        next++;
    }
}
