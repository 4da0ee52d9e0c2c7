package org.godwit.cli;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root: options that every command understands. */
@Command(name = "godwit", synopsisSubcommandLabel = "COMMAND", description = {
        "Moves running virtual machines between sites with different IPv6 prefixes.",
        "Every command asks the control server (mcs-server) and shows what it answers." }, exitCodeListHeading = "%nExit codes:%n", footerHeading = "%nExamples:%n", footer = {
                "  godwit migrate web --to b-1", "  godwit vm list -o json",
                "  GODWIT_SERVER=http://[2001:db8:100::5]:8440 godwit host list" })
final class GodwitCommand {

    private static final String SERVER_DEFAULT = "http://[::1]:8440";
    private static final String SERVER_VARIABLE = "GODWIT_SERVER";

    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Option(names = "--server", scope = ScopeType.INHERIT, paramLabel = "URL", description = "where mcs-server answers; else the environment's GODWIT_SERVER, else "
            + SERVER_DEFAULT)
    private String server;

    @Option(names = {"-o",
            "--output" }, scope = ScopeType.INHERIT, defaultValue = "table", paramLabel = "table|json", description = "table for people, json for programs: the REST bodies as they come")
    private Output output;

    @Option(names = {"-h",
            "--help" }, scope = ScopeType.INHERIT, usageHelp = true, description = "show this help and do nothing")
    private boolean help;

    GodwitCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Output output() {
        return output;
    }

    /** To be closed by the command that opens it. */
    Desk desk() {
        return new Desk(new McsClient(serverAddress()), output, surroundings.out());
    }

    private URI serverAddress() {
        String text = server != null
                ? server
                : surroundings.environment().getOrDefault(SERVER_VARIABLE, SERVER_DEFAULT);
        try {
            URI address = new URI(text);
            boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
            boolean bare = address.getHost() != null && (address.getPath().isEmpty() || address.getPath().equals("/"))
                    && address.getQuery() == null && address.getUserInfo() == null;
            if (web && bare) {
                return address;
            }
        } catch (URISyntaxException _) {
            // said below, in the same words as for an address that parses but is no server's
        }
        throw new ParameterException(spec.commandLine(), "the server's address must look like " + SERVER_DEFAULT
                + " (an IPv6 address in brackets, no path), got \"" + text + "\"");
    }
}
