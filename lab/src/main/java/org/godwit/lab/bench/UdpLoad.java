package org.godwit.lab.bench;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.lab.LabException;
import org.godwit.lab.Node;
import org.godwit.lab.process.Processes;

/** The load generator of {@code udpload.c}, on a processor of its own. */
final class UdpLoad {

    private static final String SOURCE = "/org/godwit/lab/image/udpload.c";
    private static final Duration COMPILE_LIMIT = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final Pattern REPORT = Pattern.compile(
            "sent=(\\d+) answered=(\\d+) seconds=([0-9.]+) p50_us=(\\d+) p99_us=(\\d+)\\s*");

    /** Questions under way at any time while the capacity of a server is looked for. */
    private static final int WINDOW = 64;

    /**
     * What to ask.
     *
     * @param file the questions, each behind its length
     * @param idOffset where a question and its answer carry its number
     * @param idLength 2 or 8 bytes
     */
    record Questions(Path file, int port, int idOffset, int idLength) {

        static Questions write(Path file, int port, int idOffset, int idLength, List<byte[]> frames) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (byte[] frame : frames) {
                all.write(frame.length >> Byte.SIZE);
                all.write(frame.length);
                all.writeBytes(frame);
            }
            try {
                Files.write(file, all.toByteArray());
            } catch (IOException e) {
                throw new UncheckedIOException(file + " cannot be written", e);
            }
            return new Questions(file, port, idOffset, idLength);
        }
    }

    /** What came of it; times in microseconds. */
    record Answers(long sent, long answered, double seconds, int p50Us, int p99Us) {

        double perSecond() {
            return answered / seconds;
        }

        /** Part of the questions that had no answer, 0 to 1. */
        double lost() {
            return sent == 0 ? 0 : 1 - (double) answered / sent;
        }
    }

    private final Path program;
    private final Node node;
    private final int processor;

    private UdpLoad(Path program, Node node, int processor) {
        this.program = requireNonNull(program, "program is null");
        this.node = requireNonNull(node, "node is null");
        this.processor = processor;
    }

    /** Compiles it. @param processor where it runs */
    static UdpLoad on(Node node, int processor, Path folder) {
        Path program = folder.resolve("udpload");
        Path source = folder.resolve("udpload.c");
        try (InputStream in = UdpLoad.class.getResourceAsStream(SOURCE)) {
            Files.write(source, requireNonNull(in, SOURCE + " is not in the jar").readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(source + " cannot be written", e);
        }
        Processes.run(COMPILE_LIMIT, List.of("clang", "-O2", "-o", program.toString(), source.toString()));
        return new UdpLoad(program, node, processor);
    }

    /** As fast as the server answers. */
    Answers capacity(Questions questions, int seconds) {
        return run(questions, WINDOW, 0, seconds, "-");
    }

    /** So many a second, whatever the server does. */
    Answers steady(Questions questions, double perSecond, int seconds) {
        return run(questions, 0, perSecond, seconds, "-");
    }

    /** So many a second that nobody expects an answer to. @param source as {@code udpload.c} says */
    List<String> flood(Questions questions, double perSecond, int seconds, String source) {
        return command(questions, -1, perSecond, seconds, source);
    }

    private Answers run(Questions questions, int window, double perSecond, int seconds, String source) {
        return read(node.run(GRACE.plusSeconds(seconds), command(questions, window, perSecond, seconds, source)));
    }

    private List<String> command(Questions questions, int window, double perSecond, int seconds, String source) {
        return pinned(processor, List.of(program.toString(), "::1", Integer.toString(questions.port()),
                questions.file().toString(), Integer.toString(questions.idOffset()),
                Integer.toString(questions.idLength()), Integer.toString(window), Long.toString(Math.round(perSecond)),
                Integer.toString(seconds), source));
    }

    /** What the generator wrote. */
    static Answers read(String text) {
        Matcher report = REPORT.matcher(text);
        if (!report.matches()) {
            throw new LabException("udpload said what nobody understands: " + text);
        }
        return new Answers(Long.parseLong(report.group(1)), Long.parseLong(report.group(2)),
                Double.parseDouble(report.group(3)), Integer.parseInt(report.group(4)),
                Integer.parseInt(report.group(5)));
    }

    /** The command on one processor only. */
    static List<String> pinned(int processor, List<String> command) {
        List<String> all = new ArrayList<>(List.of("taskset", "-c", Integer.toString(processor)));
        all.addAll(command);
        return List.copyOf(all);
    }
}
