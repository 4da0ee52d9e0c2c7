package org.godwit.lab;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.godwit.lab.hypervisor.Accelerator;
import org.godwit.lab.hypervisor.LibvirtConf;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.network.NetworkPlan.HostLink;
import org.godwit.lab.network.Shape;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;

/** A hypervisor host: a namespace with a bridge to its site's link and a real libvirtd of its own. */
public final class Host extends MountedNode {

    /** The bridge on which VMs reach the site's link. */
    public static final String REACHABLE_BRIDGE = "br-site";

    /** Its end of the link to the site. */
    public static final String UPLINK = "uplink";

    /** The bridge that leads nowhere; the host agent makes it. */
    public static final String IDLE_BRIDGE = "gw-idle";

    private static final String LIBVIRT_ACCOUNT = "libvirt-qemu";
    private static final Path KVM = Path.of("/dev/kvm");
    private static final Path PKI = Path.of("/etc/pki");
    private static final Duration LIBVIRTD_LIMIT = Duration.ofSeconds(30);
    private static final Duration MIGRATION_LIMIT = Duration.ofMinutes(15);
    private static final Duration TC_LIMIT = Duration.ofSeconds(10);

    private final Site site;
    private final HostLink link;
    private Shape shape = Shape.NONE;
    private Running libvirtd;
    private boolean hasCertificate;

    Host(Lab lab, Site site, HostLink link) {
        super(lab, link.host(), link.address());
        this.site = requireNonNull(site, "site is null");
        this.link = link;
    }

    public Site site() {
        return site;
    }

    /** Limits the host's link to its site, each direction. To be said before the lab starts. */
    public Host bandwidthMbit(int bandwidthMbit) {
        shape = new Shape(bandwidthMbit, shape.delay());
        return this;
    }

    /** Changes the limit in a lab that has been started. @param bandwidthMbit Mbit/s, more than 0 */
    public void limit(int bandwidthMbit) {
        Shape wanted = new Shape(bandwidthMbit, shape.delay());
        if (bandwidthMbit < 1) {
            throw new IllegalArgumentException("a limit is 1 Mbit/s or more, got " + bandwidthMbit);
        }
        shape = wanted;
        tc(this, wanted.lines(UPLINK));
        tc(site.gatewayNode(), wanted.lines(name().text()));
    }

    private static void tc(Node node, List<String> lines) {
        Processes.run(TC_LIMIT, node.enter(List.of("tc", "-batch", "-")), String.join("\n", lines) + "\n", Map.of());
    }

    /** Lengthens the host's link to its site, each direction. To be said before the lab starts; needs a kernel with netem. */
    public Host delay(Duration oneWay) {
        shape = new Shape(shape.bandwidthMbit(), oneWay);
        return this;
    }

    /** Where other hosts' libvirt reaches this one. */
    public String libvirtUri() {
        return conf().uri();
    }

    /**
     * Lets a VM go to another host by libvirt alone, with the hosts' certificates, as an operator without Godwit would. Its
     * pause is limited as a host agent would limit it.
     *
     * @param options more of them for {@code virsh migrate}
     * @return when it was ordered
     * @throws LabException when it fails, or lasts longer than a quarter of an hour
     */
    public Instant migrateByLibvirt(String vm, Host target, List<String> options) {
        try (DowntimeClimb _ = DowntimeClimb.begin(this, vm)) {
            Instant ordered = lab().patience().clock().instant();
            run(MIGRATION_LIMIT, prefixed(List.of("virsh", "-q", "-c", "qemu:///system", "migrate", "--live", "--p2p",
                    "--tls", "--migrateuri", "tcp://[" + target.address().toCanonicalString() + "]", vm,
                    target.libvirtUri()), options));
            return ordered;
        }
    }

    /** Runs virsh on this host and answers what it wrote. @throws LabException when it fails */
    public String virsh(String... arguments) {
        return run(LIBVIRTD_LIMIT, prefixed(List.of("virsh", "-q", "-c", "qemu:///system"), List.of(arguments)));
    }

    HostLink plannedLink() {
        return new HostLink(link.host(), link.site(), link.address(), link.mac(), shape);
    }

    boolean isDelayed() {
        return !shape.delay().isZero();
    }

    @Override
    void hold() {
        super.hold();
        Qemu qemu = lab().qemu();
        Path folder = lab().folder().node(name());
        writeConf(folder);
        LabFolder.write(folder.resolve("etc/qemu.conf"), conf().qemu());
        mount("-t", "cgroup2", "cgroup2", "/sys/fs/cgroup");
        bind(folder.resolve("etc"), Path.of("/etc/libvirt"));
        bind(folder.resolve("pki"), PKI);
        bind(folder.resolve("lib"), Path.of("/var/lib/libvirt"));
        bind(folder.resolve("cache"), Path.of("/var/cache/libvirt"));
        bind(folder.resolve("run"), Path.of("/run/libvirt"));
        bind(folder.resolve("log"), Path.of("/var/log/libvirt"));
        bindAccounts(Path.of("/etc/passwd"), LIBVIRT_ACCOUNT + ":x:64055:64055::/nonexistent:/usr/sbin/nologin",
                folder);
        bindAccounts(Path.of("/etc/group"), LIBVIRT_ACCOUNT + ":x:64055:", folder);
        if (!qemu.isInstalled()) {
            mount("--bind", qemu.program().toString(), Qemu.INSTALLED.toString());
            // Parts that the machine's own version would load. Ours ends when it meets one of another build, and needs none.
            bind(folder.resolve("qemu-modules"), Qemu.MODULES);
        }
        if (qemu.accelerator() == Accelerator.TCG && Files.exists(KVM)) {
            // A KVM that hangs must not be tried by anybody on this host. Read-only, so that access(2) says so: libvirt
            // would believe in a device that it may write to, and ask QEMU for its capabilities again and again.
            replace(KVM, "", folder);
            mount("-o", "remount,bind,ro", KVM.toString());
        }
    }

    /** Its own {@code /var/lib/libvirt/images}, as this process sees it. */
    public Path images() {
        return lab().folder().node(name()).resolve("lib/images");
    }

    /** Where the host agent puts what libvirt and QEMU prove themselves with, as this process sees it: /etc/pki there. */
    public Path pki() {
        return lab().folder().node(name()).resolve("pki");
    }

    /**
     * Waits until the host agent has got libvirt a certificate, and lets libvirtd listen to other hosts: the first time it has to
     * be started anew for that.
     */
    public void listenToOtherHosts() {
        Path last = pki().resolve("qemu/client-cert.pem");
        lab().patience().until(LIBVIRTD_LIMIT, () -> Files.exists(last),
                () -> "the agent of " + name() + " has not installed " + last);
        hasCertificate = true;
        writeConf(lab().folder().node(name()));
        libvirtd.close();
        restartLibvirtd();
    }

    private void writeConf(Path folder) {
        LabFolder.write(folder.resolve("etc/libvirtd.conf"), conf().libvirtd());
    }

    /** Ends libvirtd as a crash would; the QEMU processes of its domains live on. */
    public void crashLibvirtd() {
        libvirtd.crash();
    }

    /** Starts libvirtd once more; waits until it answers. */
    public void restartLibvirtd() {
        startLibvirtd();
        awaitLibvirtd();
    }

    void startLibvirtd() {
        libvirtd = start("libvirtd", List.of("libvirtd", "--listen", "--pid-file", "/run/libvirt/libvirtd.pid"));
    }

    void awaitLibvirtd() {
        Path socket = lab().folder().node(name()).resolve("run/libvirt-sock");
        libvirtd.awaitReady(lab().patience(), LIBVIRTD_LIMIT, () -> accepts(socket), "does not open " + socket);
        // It asks QEMU for its abilities once; a host that has been up for a while has done so, and the first migration
        // must not pay for it.
        virsh("domcapabilities");
    }

    private LibvirtConf conf() {
        UUID uuid = UUID.nameUUIDFromBytes((lab().id() + "/" + name()).getBytes(StandardCharsets.UTF_8));
        return new LibvirtConf(uuid, address(), lab().folder().logs().resolve(name() + ".libvirtd.log"),
                hasCertificate);
    }

    private void bind(Path own, Path where) {
        try {
            Files.createDirectories(own);
            Files.createDirectories(where);
        } catch (IOException e) {
            throw new UncheckedIOException(own + " cannot be mounted on " + where, e);
        }
        mount("--bind", own.toString(), where.toString());
    }

    /**
     * The accounts file with the user and group that Debian's libvirtd looks up before it reads that it shall use root; a
     * machine with libvirt's daemon but without its system package does not have them.
     */
    private void bindAccounts(Path accounts, String line, Path folder) {
        try {
            String text = Files.readString(accounts);
            if (text.lines().anyMatch(l -> l.startsWith(LIBVIRT_ACCOUNT + ":"))) {
                return;
            }
            replace(accounts, text + line + "\n", folder);
        } catch (IOException e) {
            throw new UncheckedIOException(accounts + " cannot be extended for libvirtd", e);
        }
    }

    private static boolean accepts(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }
}
