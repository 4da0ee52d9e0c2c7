package org.godwit.guest;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/** One line an event, {@code t_ms=… event=… key=value …}. Values with spaces are quoted. Secrets have no key. */
final class LineLog {

    private final PrintStream out;
    private final LongSupplier clockMs;

    LineLog(PrintStream out, LongSupplier clockMs) {
        this.out = out;
        this.clockMs = clockMs;
    }

    /** @param keysAndValues alternately */
    void line(String event, Object... keysAndValues) {
        StringBuilder line = new StringBuilder(120).append("t_ms=").append(clockMs.getAsLong()).append(" event=")
                .append(event);
        for (int i = 0; i + 1 < keysAndValues.length; i += 2) {
            line.append(' ').append(keysAndValues[i]).append('=');
            append(line, String.valueOf(keysAndValues[i + 1]));
        }
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    private static void append(StringBuilder line, String value) {
        boolean plain = !value.isEmpty();
        for (int i = 0; i < value.length() && plain; i++) {
            plain = value.charAt(i) > ' ' && value.charAt(i) != '"' && value.charAt(i) != '\u007f';
        }
        if (plain) {
            line.append(value);
            return;
        }
        line.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            line.append(c < ' ' || c == '"' || c == '\u007f' ? '\'' : c);
        }
        line.append('"');
    }
}
