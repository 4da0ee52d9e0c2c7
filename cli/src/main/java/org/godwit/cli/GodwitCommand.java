package org.godwit.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root: options that every command understands. */
@Command(name = "godwit", versionProvider = VersionCommand.OfThisBuild.class, synopsisSubcommandLabel = "COMMAND", description = {
        "Moves running virtual machines between sites with different IPv6 prefixes.",
        "Every command asks the control server (mcs-server) and shows what it answers." }, exitCodeListHeading = "%nExit codes:%n", footerHeading = "%nExamples:%n", footer = {
                "  godwit migrate web --to b-1", "  godwit why web", "  godwit vm list -o json",
                "  GODWIT_SERVER=https://[2001:db8:100::5]:8440 godwit host list" })
final class GodwitCommand {

    private static final String SERVER_DEFAULT = "https://[::1]:8440";
    private static final String SERVER_VARIABLE = "GODWIT_SERVER";
    private static final String CONTEXT_VARIABLE = "GODWIT_CONTEXT";
    private static final String CA_VARIABLE = "GODWIT_CA_FILE";
    private static final String TOKEN_VARIABLE = "GODWIT_TOKEN_FILE";

    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Option(names = "--server", scope = ScopeType.INHERIT, paramLabel = "URL", description = "where mcs-server answers; else the environment's GODWIT_SERVER, else what the context says, else "
            + SERVER_DEFAULT)
    private String server;

    @Option(names = "--context", scope = ScopeType.INHERIT, paramLabel = "NAME", description = "a server that godwit context set has named; else GODWIT_CONTEXT, else the one in use")
    private String context;

    @Option(names = "--ca-file", scope = ScopeType.INHERIT, paramLabel = "PEM", description = "certificates that the server's must be signed by; else GODWIT_CA_FILE, else what the context says")
    private Path caFile;

    @Option(names = "--auth-file", scope = ScopeType.INHERIT, paramLabel = "FILE", description = "holds your token, readable by you only; else GODWIT_TOKEN_FILE, else what the context says")
    private Path tokenFile;

    @Option(names = {"-o",
            "--output" }, scope = ScopeType.INHERIT, defaultValue = "table", paramLabel = "table|wide|json|yaml|name", description = "table, or wide with every column, for people; json or yaml for programs: the REST bodies; name for scripts: one a line")
    private Output output;

    @Option(names = {"-h",
            "--help" }, scope = ScopeType.INHERIT, usageHelp = true, description = "show this help and do nothing")
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "print the version of this command and do nothing")
    private boolean version;

    GodwitCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Paper paper() {
        return new Paper(output, surroundings.out());
    }

    /** To be closed by the command that opens it. */
    Desk desk() {
        return new Desk(new McsClient(serverAddress(), access()), paper());
    }

    /** @param filters query parameters; those without a value do not count. @param watch whether it is kept up to date */
    <T> int list(Kind<T> kind, Map<String, String> filters, boolean watch) {
        try (Desk desk = desk()) {
            if (watch) {
                return new ListWatch<>(desk, surroundings, kind, kind.path() + McsClient.query(filters))
                        .untilInterrupted().code();
            }
            desk.list(kind, filters);
            return ExitStatus.DONE.code();
        }
    }

    Contexts contexts() {
        return new Contexts(surroundings.environment());
    }

    /**
     * The server, certificates and token that the command line itself names.
     *
     * @throws ParameterException without a server
     */
    Contexts.Context named() {
        if (server == null) {
            throw new ParameterException(spec.commandLine(), "Missing required option: '--server=URL'");
        }
        address(server);
        return new Contexts.Context(server, absolute(caFile), absolute(tokenFile));
    }

    private static String absolute(Path file) {
        return file == null ? null : file.toAbsolutePath().normalize().toString();
    }

    private Optional<Contexts.Context> chosen() {
        return contexts().find(context != null ? context : surroundings.environment().get(CONTEXT_VARIABLE));
    }

    URI serverAddress() {
        return address(Optional.ofNullable(server).or(() -> variable(SERVER_VARIABLE))
                .or(() -> chosen().map(Contexts.Context::server)).orElse(SERVER_DEFAULT));
    }

    private Access access() {
        return Access.of(Optional.ofNullable(caFile).or(() -> variable(CA_VARIABLE).map(Path::of))
                .or(() -> chosen().map(Contexts.Context::caFile).map(Path::of)),
                Optional.ofNullable(tokenFile).or(() -> variable(TOKEN_VARIABLE).map(Path::of))
                        .or(() -> chosen().map(Contexts.Context::tokenFile).map(Path::of)));
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(surroundings.environment().get(name)).filter(text -> !text.isEmpty());
    }

    /** @throws ParameterException when it is none */
    URI address(String text) {
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
