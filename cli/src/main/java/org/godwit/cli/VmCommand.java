package org.godwit.cli;

import java.util.Collections;
import org.godwit.protocol.rest.Resources.NewVm;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "vm", description = "Virtual machines: each has a Home Address (HoA) that stays, and a Mobile Address (MoA) of the site where it runs.", footerHeading = "%nExamples:%n", footer = {
        "  godwit vm add web --host a-1 --hoa 2001:db8:face::1", "  godwit vm list" })
record VmCommand(GodwitCommand godwit) {

    @Command(name = "add", description = "Add a running VM: its domain is looked up on the host and its guest agent is enrolled.", footerHeading = "%nExample:%n", footer = "  godwit vm add web --host a-1 --hoa 2001:db8:face::1 --domain web.example")
    void add(@Parameters(paramLabel = "NAME", description = "a-z, 0-9 and inner hyphens") String name,
            @Option(names = "--host", required = true, paramLabel = "HOST", description = "where it runs now") String host,
            @Option(names = "--hoa", required = true, paramLabel = "ADDRESS", description = "its Home Address, which applications see wherever it runs") String hoa,
            @Option(names = "--domain", paramLabel = "DOMAIN", description = "libvirt's name of it; NAME when not given") String domain) {
        try (Desk desk = godwit.desk()) {
            desk.add(Kind.VM, name, new NewVm(name, domain, hoa, host));
        }
    }

    @Command(name = "list", description = "List all VMs, where they run and whether one is being migrated.", footerHeading = "%nExample:%n", footer = "  godwit vm list")
    int list(@Option(names = "--host", paramLabel = "HOST", description = "only those at this host") String host,
            @Option(names = {"-w", "--watch" }, description = "go on with what changes, until Ctrl-C") boolean watch) {
        return godwit.list(Kind.VM, Collections.singletonMap("host", host), watch);
    }

    @Command(name = "show", description = "Show one VM.", footerHeading = "%nExample:%n", footer = "  godwit vm show web -o json")
    void show(@Parameters(paramLabel = "NAME") String name) {
        try (Desk desk = godwit.desk()) {
            desk.show(Kind.VM, name);
        }
    }

    @Command(name = "remove", aliases = "delete", description = "Forget a VM. It goes on running.", footerHeading = "%nExample:%n", footer = "  godwit vm remove web")
    void remove(@Parameters(paramLabel = "NAME") String name) {
        try (Desk desk = godwit.desk()) {
            desk.remove(Kind.VM, name);
        }
    }

    @Command(name = "rotate-key", description = {
            "Give a VM a new mapping key. Its guest agent is told; nobody else sees the key.",
            "Where the guest cannot be reached both keys are good, and it is told when its host dials in." }, footerHeading = "%nExample:%n", footer = "  godwit vm rotate-key web")
    void rotateKey(@Parameters(paramLabel = "NAME") String name) {
        try (Desk desk = godwit.desk()) {
            desk.done(desk.server().post(Desk.one(Kind.VM, name) + "/key"), "VM " + name + " has a new key");
        }
    }

    @Command(name = "revoke-key", description = {
            "Make a VM's mapping key worthless at once: its guest hears of no peer's move any more.",
            "Its own addresses are still published. rotate-key gives it a key again." }, footerHeading = "%nExample:%n", footer = "  godwit vm revoke-key web")
    void revokeKey(@Parameters(paramLabel = "NAME") String name) {
        try (Desk desk = godwit.desk()) {
            desk.revokeKey(Kind.VM, name);
        }
    }
}
