package org.godwit.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "context", description = {"Contexts: control servers by name, kept in ~/.config/godwit.",
        "--server, --ca-file, --auth-file and their variables come before what a context says." }, footerHeading = "%nExamples:%n", footer = {
                "  godwit context set lab --address https://[2001:db8:100::5]:8440 --ca lab-ca.pem --token lab.token",
                "  godwit context use lab", "  godwit --context lab vm list" })
record ContextCommand(GodwitCommand godwit) {

    private record Line(boolean current, String name, Contexts.Context context) {}

    private static final List<Column<Line>> COLUMNS = List.of(
            Column.listed("NAME", Line::name), Column.listed("IN USE", line -> line.current() ? "yes" : null),
            Column.listed("SERVER", line -> line.context().server()),
            Column.listed("CA FILE", line -> line.context().caFile()),
            Column.listed("TOKEN FILE", line -> line.context().tokenFile()));

    @Command(name = "list", description = "List the contexts.", footerHeading = "%nExample:%n", footer = "  godwit context list")
    void list() {
        Contexts.Known known = godwit.contexts().read();
        List<Line> lines = new TreeMap<>(known.contexts()).entrySet().stream()
                .map(it -> new Line(it.getKey().equals(known.current()), it.getKey(), it.getValue())).toList();
        var out = godwit.surroundings().out();
        out.print(godwit.output() == Output.NAME
                ? TextTable.plain(COLUMNS.getFirst(), lines)
                : TextTable.rows(COLUMNS, lines));
        out.flush();
    }

    @Command(name = "use", description = "Ask this server from now on.", footerHeading = "%nExample:%n", footer = "  godwit context use lab")
    void use(@Parameters(paramLabel = "NAME") String name) {
        godwit.contexts().use(name);
        say("context " + name + " is in use");
    }

    @Command(name = "set", description = {"Remember a server. The first one is in use at once.",
            "Files stay where they are; a token's must be readable by you only." }, footerHeading = "%nExample:%n", footer = "  godwit context set lab --address https://[2001:db8:100::5]:8440 --ca lab-ca.pem --token lab.token")
    void set(@Parameters(paramLabel = "NAME") String name,
            @Option(names = "--address", required = true, paramLabel = "URL", description = "where it answers") String address,
            @Option(names = "--ca", paramLabel = "FILE", description = "certificates in PEM that its own is signed by") Path ca,
            @Option(names = "--token", paramLabel = "FILE", description = "holds your token") Path token) {
        godwit.address(address);
        godwit.contexts().set(name, new Contexts.Context(address, absolute(ca), absolute(token)));
        say("context " + name + " is set");
    }

    @Command(name = "delete", description = "Forget a server; its files stay.", footerHeading = "%nExample:%n", footer = "  godwit context delete lab")
    void delete(@Parameters(paramLabel = "NAME") String name) {
        godwit.contexts().delete(name);
        say("context " + name + " is forgotten");
    }

    private void say(String line) {
        godwit.surroundings().out().println(line);
        godwit.surroundings().out().flush();
    }

    private static String absolute(Path file) {
        return file == null ? null : file.toAbsolutePath().normalize().toString();
    }
}
