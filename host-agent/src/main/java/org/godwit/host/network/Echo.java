package org.godwit.host.network;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.godwit.host.program.Programs;

/** Asks for echoes with ping (iputils). */
record Echo(Programs programs) {

    /** Of the IPv6 header and that of the echo (RFC 8200, RFC 4443). */
    private static final int HEADER_BYTES = 48;
    private static final int ANSWERED = 0;
    private static final int SILENT = 1;

    private static final List<String> COMMAND = List.of("ping", "-6", "-n", "-c", "3", "-i", "0.2", "-W", "1");

    // "Packet too big: mtu=1400", and once the kernel knows: "message too long, mtu: 1400".
    private static final Pattern MTU = Pattern.compile("(?:too big|too long)[^\\n]*?mtu[=:]\\s?(\\d{3,5})");
    private static final Pattern REFUSAL = Pattern.compile("icmp_seq=\\d+ (Destination [^\\n]+|Time exceeded[^\\n]*)");

    /**
     * @param mtu told by a router on the way; empty when none has
     * @param refusal what a router has said else; empty when nothing
     */
    record Answer(boolean came, OptionalInt mtu, String refusal) {}

    /** @param to an address; as {@code fe80::1%link} when it is link-local */
    Answer small(String to) {
        return ask(List.of(to));
    }

    Answer from(String source, String to) {
        return ask(List.of("-I", source, to));
    }

    /** Of a packet of exactly this size, which nobody may fragment. */
    Answer ofSize(int bytes, String to) {
        return ask(List.of("-M", "do", "-s", Integer.toString(bytes - HEADER_BYTES), to));
    }

    private Answer ask(List<String> arguments) {
        Programs.Ended ended = programs.run("",
                Stream.concat(COMMAND.stream(), arguments.stream()).toArray(String[]::new));
        // It says 1, too, when the kernel itself did not let a packet that is too big go.
        if (ended.exitCode() != ANSWERED && ended.exitCode() != SILENT) {
            throw new HostNetworkException(arguments.getLast() + " cannot be asked: " + ended.output());
        }
        return read(ended.exitCode() == ANSWERED, ended.output());
    }

    static Answer read(boolean came, String output) {
        Matcher refusal = REFUSAL.matcher(output);
        return new Answer(came, MTU.matcher(output).results().map(Echo::number).mapToInt(Integer::intValue).min(),
                refusal.find() ? refusal.group(1).strip() : "");
    }

    private static int number(MatchResult match) {
        return Integer.parseInt(match.group(1));
    }
}
