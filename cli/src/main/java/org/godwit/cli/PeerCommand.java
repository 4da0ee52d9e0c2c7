package org.godwit.cli;

import java.nio.file.Path;
import org.godwit.protocol.rest.Resources.NewPeer;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "peer", description = "Peers: machines that speak MAT and are none of our VMs.", footerHeading = "%nExamples:%n", footer = {
        "  godwit peer add client --hoa 2001:db8:face::c --key-file client.key", "  godwit peer list" })
record PeerCommand(GodwitCommand godwit) {

    @Command(name = "add", description = {
            "Add a peer. The server answers the key that the peer shares with the mapping server,",
            "shown this once: keep it in a file that its agent reads." }, footerHeading = "%nExample:%n", footer = "  godwit peer add client --hoa 2001:db8:face::c --key-file client.key")
    void add(@Parameters(paramLabel = "NAME", description = "a-z, 0-9 and inner hyphens") String name,
            @Option(names = "--hoa", required = true, paramLabel = "ADDRESS", description = "its Home Address") String hoa,
            @Option(names = "--moa", paramLabel = "ADDRESS", description = "where it is now; when not given, its agent registers that itself") String moa,
            @Option(names = "--key-file", paramLabel = "FILE", description = "write the key to this new file, readable by its owner only, instead of standard output") Path keyFile) {
        try (Desk desk = godwit.desk()) {
            new Enrolment(Kind.PEER, "key").add(desk, name, new NewPeer(name, hoa, moa), keyFile);
        }
    }

    @Command(name = "list", description = "List all peers.", footerHeading = "%nExample:%n", footer = "  godwit peer list")
    int list(@Option(names = {"-w", "--watch" }, description = "go on with what changes, until Ctrl-C") boolean watch) {
        return godwit.list(Kind.PEER, Map.of(), watch);
    }

    @Command(name = "show", description = "Show one peer.", footerHeading = "%nExample:%n", footer = "  godwit peer show client")
    void show(@Parameters(paramLabel = "NAME") String name) {
        try (Desk desk = godwit.desk()) {
            desk.show(Kind.PEER, name);
        }
    }

    @Command(name = "remove", aliases = "delete", description = "Remove a peer; its key is worth nothing from then on.", footerHeading = "%nExample:%n", footer = "  godwit peer remove client")
    void remove(@Parameters(paramLabel = "NAME") String name) {
        try (Desk desk = godwit.desk()) {
            desk.remove(Kind.PEER, name);
        }
    }

    @Command(name = "rotate-key", description = {
            "Give a peer a new key, shown this once: put it where its agent reads it.",
            "The old key is good until the new one is used, at most for a day." }, footerHeading = "%nExample:%n", footer = "  godwit peer rotate-key client --key-file client.key.new")
    void rotateKey(@Parameters(paramLabel = "NAME") String name,
            @Option(names = "--key-file", paramLabel = "FILE", description = "write the key to this new file, readable by its owner only, instead of standard output") Path keyFile) {
        try (Desk desk = godwit.desk()) {
            new Enrolment(Kind.PEER, "key").renew(desk, name, keyFile);
        }
    }

    @Command(name = "revoke-key", description = {
            "Make a peer's key worthless at once, the old one too where there are two.",
            "It stays a peer; rotate-key gives it a key again." }, footerHeading = "%nExample:%n", footer = "  godwit peer revoke-key client")
    void revokeKey(@Parameters(paramLabel = "NAME") String name) {
        try (Desk desk = godwit.desk()) {
            desk.revokeKey(Kind.PEER, name);
        }
    }
}
