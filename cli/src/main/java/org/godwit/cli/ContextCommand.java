package org.godwit.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.TreeMap;
import org.godwit.protocol.rest.RestJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "context", description = {"Contexts: control servers by name, kept in ~/.config/godwit.",
        "--server, --ca-file, --auth-file and their variables come before what a context says." }, footerHeading = "%nExamples:%n", footer = {
                "  godwit context set lab --server https://[2001:db8:100::5]:8440 --auth-file lab.token",
                "  godwit context use lab", "  godwit --context lab vm list" })
record ContextCommand(GodwitCommand godwit) {

    private record Line(boolean current, String name, Contexts.Context context) {

        ObjectNode body() {
            return RestJson.lenient().createObjectNode().put("name", name).put("in_use", current)
                    .put("server", context.server()).put("ca_file", context.caFile())
                    .put("token_file", context.tokenFile());
        }
    }

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
        Paper paper = godwit.paper();
        if (paper.output().structured()) {
            ObjectNode body = RestJson.lenient().createObjectNode();
            body.putArray("items").addAll(lines.stream().map(Line::body).toList());
            paper.write(body);
        } else {
            paper.rows(COLUMNS.getFirst(), COLUMNS, lines);
        }
    }

    @Command(name = "use", description = "Ask this server from now on.", footerHeading = "%nExample:%n", footer = "  godwit context use lab")
    void use(@Parameters(paramLabel = "NAME") String name) {
        godwit.contexts().use(name);
        say("context " + name + " is in use");
    }

    @Command(name = "set", description = {
            "Remember the server that --server names, with --ca-file and --auth-file where they are given.",
            "The first one is in use at once. Files stay where they are." }, footerHeading = "%nExample:%n", footer = "  godwit context set lab --server https://[2001:db8:100::5]:8440 --ca-file lab-ca.pem --auth-file lab.token")
    void set(@Parameters(paramLabel = "NAME") String name) {
        godwit.contexts().set(name, godwit.named());
        say("context " + name + " is set");
    }

    @Command(name = "remove", aliases = "delete", description = "Forget a server; its files stay.", footerHeading = "%nExample:%n", footer = "  godwit context remove lab")
    void remove(@Parameters(paramLabel = "NAME") String name) {
        godwit.contexts().remove(name);
        say("context " + name + " is forgotten");
    }

    /** Programs learn it from the exit code. */
    private void say(String line) {
        Paper paper = godwit.paper();
        if (!paper.output().structured()) {
            paper.say(line);
        }
    }
}
