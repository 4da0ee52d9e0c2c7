package org.godwit.host.hypervisor;

import static org.godwit.host.hypervisor.DomainXml.child;
import static org.godwit.host.hypervisor.DomainXml.children;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.w3c.dom.Element;

/**
 * What a domain needs of a host to run there, as its live definition says.
 *
 * @param virtType libvirt's word: qemu, kvm, xen
 * @param cpuMode custom, host-passthrough, maximum; empty when the definition names no CPU
 * @param cpuXml the definition's CPU element; empty when it has none
 * @param hostDevices how many devices of the host were given to it
 */
public record DomainNeeds(String virtType, String arch, String machine, String emulator, String cpuMode, String cpuXml,
        int vcpus, int hostDevices, List<Stored> stored) {

    /** More than any sane VM has. */
    static final int STORED_MAX = 64;

    public DomainNeeds {
        stored = List.copyOf(stored);
    }

    /**
     * Something that the domain is started with.
     *
     * @param use for people: disk vda, kernel
     * @param path empty when it is no file or device of the host
     * @param network what it is then: rbd, nbd, volume; empty when it has a path
     */
    public record Stored(String use, String path, boolean writable, String network) {}

    /** @throws HypervisorException when the definition has more than 64 files, disks among them */
    public static DomainNeeds of(DomainXml xml) {
        Element domain = xml.root();
        Optional<Element> os = child(domain, "os");
        Optional<Element> type = os.flatMap(it -> child(it, "type"));
        Optional<Element> cpu = child(domain, "cpu");
        List<Element> devices = children(domain, "devices");
        List<Stored> stored = new ArrayList<>();
        os.ifPresent(it -> boot(it, stored));
        devices.stream().flatMap(it -> children(it, "disk").stream()).flatMap(disk -> disk(disk).stream())
                .forEach(stored::add);
        if (stored.size() > STORED_MAX) {
            throw new HypervisorException("the domain has " + stored.size() + " disks and files; at most " + STORED_MAX
                    + " are looked at");
        }
        return new DomainNeeds(domain.getAttribute("type"), text(type, it -> it.getAttribute("arch")),
                text(type, it -> it.getAttribute("machine")),
                devices.stream().flatMap(it -> children(it, "emulator").stream()).map(DomainNeeds::content).findFirst()
                        .orElse(""),
                text(cpu, it -> it.hasAttribute("mode") ? it.getAttribute("mode") : "custom"),
                text(cpu, DomainXml::text),
                child(domain, "vcpu").map(it -> Integer.parseInt(content(it))).orElse(1),
                (int) devices.stream().flatMap(it -> children(it, "hostdev").stream()).count(), stored);
    }

    private static void boot(Element os, List<Stored> stored) {
        child(os, "kernel").ifPresent(it -> stored.add(new Stored("kernel", content(it), false, "")));
        child(os, "initrd").ifPresent(it -> stored.add(new Stored("initrd", content(it), false, "")));
        child(os, "loader").filter(it -> !content(it).isEmpty())
                .ifPresent(it -> stored.add(new Stored("firmware", content(it), false, "")));
    }

    /** Empty for a drive without a medium. */
    private static Optional<Stored> disk(Element disk) {
        Optional<Element> source = child(disk, "source");
        if (source.isEmpty()) {
            return Optional.empty();
        }
        String device = disk.hasAttribute("device") ? disk.getAttribute("device") : "disk";
        String use = device + " " + text(child(disk, "target"), it -> it.getAttribute("dev"));
        boolean writable = child(disk, "readonly").isEmpty() && !device.equals("cdrom");
        return Optional.of(switch (disk.getAttribute("type")) {
            case "file" -> new Stored(use, source.get().getAttribute("file"), writable, "");
            case "block" -> new Stored(use, source.get().getAttribute("dev"), writable, "");
            case "network" -> new Stored(use, "", writable, source.get().getAttribute("protocol"));
            case String other -> new Stored(use, "", writable, other);
        });
    }

    private static String text(Optional<Element> element, Function<Element, String> value) {
        return element.map(value).orElse("");
    }

    private static String content(Element element) {
        return element.getTextContent().strip();
    }
}
