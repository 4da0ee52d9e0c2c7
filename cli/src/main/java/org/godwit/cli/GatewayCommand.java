package org.godwit.cli;

import org.godwit.protocol.rest.Resources.Gateway;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "gateway", description = "Gateways: what a site's router is on its link, so that another site can impersonate it. One for each site.", footerHeading = "%nExamples:%n", footer = {
        "  godwit gateway add b --link-local fe80::b1 --mac 02:00:00:00:00:b1 --prefix 2001:db8:b::/64",
        "  godwit gateway show b" })
record GatewayCommand(GodwitCommand godwit) {

    /** What a router is on its link. */
    static final class Router {

        @Option(names = "--link-local", required = true, paramLabel = "ADDRESS", description = "the router's link-local address, the source of its advertisements")
        private String linkLocal;

        @Option(names = "--mac", required = true, paramLabel = "MAC", description = "what neighbour discovery answers for it")
        private String mac;

        @Option(names = "--prefix", required = true, paramLabel = "PREFIX", description = "the /64 that it advertises")
        private String prefix;

        private Gateway of(String site) {
            return new Gateway(site, linkLocal, mac, prefix);
        }
    }

    @Command(name = "add", description = "Say what the gateway of a site is.", footerHeading = "%nExample:%n", footer = "  godwit gateway add b --link-local fe80::b1 --mac 02:00:00:00:00:b1 --prefix 2001:db8:b::/64")
    void add(@Parameters(paramLabel = "SITE") String site,
            @Mixin Router router) {
        try (Desk desk = godwit.desk()) {
            desk.add(Kind.GATEWAY, site, router.of(site));
        }
    }

    @Command(name = "set", description = {
            "Say what the gateway of a site is now: its router was replaced, or renumbered.",
            "Migrations that run go on with what it was." }, footerHeading = "%nExample:%n", footer = "  godwit gateway set b --link-local fe80::b2 --mac 02:00:00:00:00:b2 --prefix 2001:db8:b::/64")
    void set(@Parameters(paramLabel = "SITE") String site,
            @Mixin Router router) {
        try (Desk desk = godwit.desk()) {
            desk.done(desk.server().put(Desk.one(Kind.GATEWAY, site), router.of(site)),
                    "gateway " + site + " changed");
        }
    }

    @Command(name = "list", description = "List the gateways of all sites.", footerHeading = "%nExample:%n", footer = "  godwit gateway list")
    void list() {
        try (Desk desk = godwit.desk()) {
            desk.list(Kind.GATEWAY);
        }
    }

    @Command(name = "show", description = "Show the gateway of one site.", footerHeading = "%nExample:%n", footer = "  godwit gateway show b")
    void show(@Parameters(paramLabel = "SITE") String site) {
        try (Desk desk = godwit.desk()) {
            desk.show(Kind.GATEWAY, site);
        }
    }

    @Command(name = "remove", aliases = "delete", description = "Forget the gateway of a site; then no VM can migrate there.", footerHeading = "%nExample:%n", footer = "  godwit gateway remove b")
    void remove(@Parameters(paramLabel = "SITE") String site) {
        try (Desk desk = godwit.desk()) {
            desk.remove(Kind.GATEWAY, site);
        }
    }
}
