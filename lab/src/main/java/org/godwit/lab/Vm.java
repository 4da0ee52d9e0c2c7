package org.godwit.lab;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.godwit.lab.hypervisor.DomainXml;
import org.godwit.lab.hypervisor.DomainXml.Disk;
import org.godwit.lab.hypervisor.DomainXml.Nic;
import org.godwit.lab.image.GuestImage;
import org.godwit.lab.process.Running;
import org.godwit.model.HomeAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.Name;

/** A virtual machine: a Debian kernel in memory, with the guest agent and the lab's workload. */
public final class Vm {

    private static final int HOLDERS_MAX = 8;
    private static final Duration SERVER_LIMIT = Duration.ofSeconds(10);

    private final Lab lab;
    private final Name name;
    private final int number;
    private VmSize size = VmSize.SMALL;
    private String idleBridge = Host.IDLE_BRIDGE;
    private Map<String, String> files = Map.of();
    private List<Disk> disks = List.of();
    private boolean persistent;
    private Optional<Workload> workload = Optional.empty();
    private String kernelArguments = "console=ttyS0 quiet panic=1 net.ifnames=0";

    Vm(Lab lab, Name name, int number) {
        this.lab = requireNonNull(lab, "lab is null");
        this.name = requireNonNull(name, "name is null");
        this.number = number;
    }

    public Name name() {
        return name;
    }

    public UUID uuid() {
        return UUID.nameUUIDFromBytes(
                (lab.id() + "/" + name).getBytes(StandardCharsets.UTF_8));
    }

    /** Of the interface that is on the reachable bridge when the VM boots. */
    public MacAddress primaryMac() {
        return mac(1);
    }

    /** Of the interface that is on the idle bridge when the VM boots. */
    public MacAddress secondaryMac() {
        return mac(2);
    }

    public Vm size(VmSize size) {
        this.size = requireNonNull(size, "size is null");
        return this;
    }

    /** Whom the workload in the VM talks to. */
    public Vm talksTo(HomeAddress peer) {
        kernelArguments += " godwit.peer=" + peer;
        return this;
    }

    /** The bridge of the interface that is not on the reachable one, unless it shall be the host agent's. */
    public Vm idleBridge(String bridge) {
        idleBridge = requireNonNull(bridge, "bridge is null");
        return this;
    }

    /** Puts files into the guest before it boots: texts by their absolute paths there. */
    public Vm files(Map<String, String> more) {
        files = Map.copyOf(more);
        return this;
    }

    /** Gives the VM disks that its workload writes to: images that are at the host where it boots. */
    public Vm disks(Disk... all) {
        disks = List.of(all);
        return this;
    }

    /** Gives the VM an empty disk that every host reaches, so that it need not travel. */
    public Vm sharedDisk(int mebibytes) {
        Path folder = lab.folder().vm(name);
        Path image = folder.resolve("disk.raw");
        Path socket = folder.resolve("disk.socket");
        LabFolder.makeSparse(image, (long) mebibytes << 20);
        // Source and target hold it at the same time.
        Running server = lab.start(name + ".disk", List.of("qemu-nbd", "--persistent", "--shared=" + HOLDERS_MAX,
                "--format=raw", "--socket=" + socket, image.toString()), Map.of());
        server.awaitReady(lab.patience(), SERVER_LIMIT, () -> Files.exists(socket), "does not serve " + image);
        return disks(new Disk.Served("vda", socket));
    }

    /** libvirt shall know it when it is off, too. */
    public Vm persistent() {
        persistent = true;
        return this;
    }

    /** What it serves beside the lab's probes. */
    public Vm serves(Workload what) {
        workload = Optional.of(what);
        return this;
    }

    /** What the guest says on its console, from boot on and across migrations. */
    public Path console() {
        return lab.folder().vm(name).resolve("console.log");
    }

    /** Starts the VM on a host. Both bridges must be there. Unless it is persistent, libvirt forgets it when it ends. */
    public void boot(Host host, GuestImage standard) {
        Map<String, String> texts = new HashMap<>(files);
        workload.ifPresent(what -> texts.put(GuestImage.WORKLOAD, what.script()));
        GuestImage image = texts.isEmpty()
                ? standard
                : standard.with(lab.folder().path().resolve("initrds").resolve(name.text()), texts,
                        workload.map(Workload::programs).orElse(List.of()),
                        workload.map(Workload::files).orElse(Map.of()));
        DomainXml domain = new DomainXml(name, uuid(), lab.qemu().accelerator(), size, image.kernel(),
                image.initrd(),
                kernelArguments + lab.qemu().accelerator().kernelArguments(),
                List.of(new Nic(primaryMac(), Host.REACHABLE_BRIDGE), new Nic(secondaryMac(), idleBridge)),
                disks, console());
        Path xml = lab.folder().vm(name).resolve("domain.xml");
        LabFolder.write(xml, domain.text());
        if (persistent) {
            host.virsh("define", xml.toString());
            host.virsh("start", name.text());
        } else {
            host.virsh("create", xml.toString());
        }
    }

    private MacAddress mac(int nic) {
        return MacAddress.of("52:54:00:%02x:00:%02x".formatted(9 + number, nic));
    }
}
