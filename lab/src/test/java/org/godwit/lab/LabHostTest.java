package org.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.Hypervisor.CopyEnd;
import org.godwit.host.hypervisor.Hypervisor.CopyOrder;
import org.godwit.host.hypervisor.Hypervisor.CopyProgress;
import org.godwit.host.hypervisor.LibvirtHypervisor;
import org.godwit.host.hypervisor.Transport;
import org.godwit.lab.house.House;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Running;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.mcs.identity.CertificateAuthority.Subject;
import org.godwit.mcs.identity.CertificateAuthority.Use;
import org.godwit.model.CopyOptions;
import org.godwit.model.Strategy;
import org.godwit.protocol.identity.Pem;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two hosts with a libvirtd each, and who gets into them. */
@Tag("vm")
class LabHostTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Patience PATIENCE = new Patience(InstantSource.system());

    private static Lab lab;
    private static House house;
    private static Host a;
    private static Host b;
    private static Node control;
    private static int nbdPort = 10809;

    @BeforeAll
    static void twoHostsAreEnrolled() {
        Tier.VM.needs(Requirements.missingForVms());
        lab = Lab.open(LabFolder.STANDARD_ROOT, Qemu.probe(GuestImages.standard()));
        Site siteA = lab.site("a", "2001:db8:a::/64");
        Site siteB = lab.site("b", "2001:db8:b::/64");
        a = lab.host("host-a", siteA);
        b = lab.host("host-b", siteB).bandwidthMbit(1000);
        control = lab.node("mcs");
        lab.start();
        house = House.open(lab, control);
        house.know(siteA);
        house.know(siteB);
        house.know(a, b);
    }

    @AfterAll
    static void nothingIsLeft() {
        if (lab != null) {
            lab.folder().saveLogs(Path.of("target/lab-host"));
            lab.close();
        }
    }

    @Test
    void hostsReachEachOthersLibvirtAcrossTheInternet() {
        assertThat(a.virsh("uri")).startsWith("qemu:///system");
        assertThat(uriOfBAskedBy(a)).isEqualTo(b.libvirtUri());
        assertThat(a.virsh("capabilities")).isNotEqualTo(b.virsh("capabilities"));
        assertThat(b.run("tc", "qdisc", "show", "dev", "uplink")).contains("tbf").contains("rate 1Gbit");
    }

    @Test
    void nobodyElseDoes() throws IOException, GeneralSecurityException {
        assertThat(b.run("ss", "-Hltn")).contains(":16514").doesNotContain(":16509");
        assertThatThrownBy(() -> uriOfBAskedBy(control)).as("no certificate").isInstanceOf(LabException.class);

        Path stolen = Files.createDirectories(lab.folder().path().resolve("stolen"));
        String identity = Files.readString(lab.folder().path().resolve("agents/host-a/identity/identity.pem"));
        X509Certificate agent = Pem.certificates(identity).getFirst();
        assertRefused(stolen, Pem.of(Pem.privateKey(identity), agent.getPublicKey()), agent,
                "not on the list of allowed clients");

        Path forged = Files.createDirectories(lab.folder().path().resolve("forged"));
        KeyPair pair = Pem.newKeyPair();
        X509Certificate other = CertificateAuthority.open(forged, InstantSource.system()).issue(
                new Subject("host-a", pair.getPublic(), Use.HYPERVISOR, List.of(), List.of()), Duration.ofDays(1))
                .getFirst();
        assertRefused(forged, Pem.of(pair.getPrivate(), pair.getPublic()), other, "No certificate was found");
    }

    /** @param reason as libvirtd's log has it */
    private static void assertRefused(Path pki, String key, X509Certificate certificate, String reason)
            throws IOException {
        Files.copy(a.pki().resolve("CA/cacert.pem"), pki.resolve("cacert.pem"));
        Files.writeString(pki.resolve("clientkey.pem"), key);
        Files.writeString(pki.resolve("clientcert.pem"), Pem.of(List.of(certificate)));
        assertThatThrownBy(
                () -> control.run("virsh", "-q", "-c", b.libvirtUri() + "?no_sanity=1&pkipath=" + pki, "uri"))
                .isInstanceOf(LabException.class);
        assertThat(read(lab.folder().logs().resolve("host-b.libvirtd.log"))).contains(reason);
    }

    @Test
    void libvirtTakesANewCertificateWithoutARestart() throws IOException {
        Path certificate = b.pki().resolve("libvirt/servercert.pem");
        String before = Files.readString(certificate);
        String daemon = daemonOfB();
        enrolAnew(b);
        PATIENCE.until(LIMIT, () -> !read(certificate).equals(before), () -> "no new certificate");
        PATIENCE.until(LIMIT, () -> read(lab.folder().logs().resolve("host-b.host-agent.log"))
                .contains("libvirtd has read its certificates anew"), () -> "libvirtd has not been told");
        assertThat(daemonOfB()).isEqualTo(daemon);
        assertThat(uriOfBAskedBy(a)).isEqualTo(b.libvirtUri());
    }

    /** By both that ask for certificates; then it is enrolled anew, and is welcome again. */
    @Test
    void aRevokedHostIsRefusedByLibvirtAndByQemu() throws IOException {
        assertThat(uriOfBAskedBy(a)).isEqualTo(b.libvirtUri());
        assertThat(diskOfBAskedBy(a)).contains("virtual size: 4 KiB");
        house.godwit("host", "revoke", "host-a");
        PATIENCE.until(LIMIT, () -> refuses(a), () -> "libvirt does not refuse it");
        assertThat(read(lab.folder().logs().resolve("host-b.libvirtd.log"))).contains("certificate has been revoked");
        assertThatThrownBy(() -> diskOfBAskedBy(a)).isInstanceOf(LabException.class)
                .hasMessageContaining("certificate has been revoked");
        enrolAnew(a);
        PATIENCE.until(LIMIT, () -> !refuses(a), () -> "libvirt refuses a host that was enrolled anew");
        assertThat(diskOfBAskedBy(a)).contains("virtual size: 4 KiB");
    }

    private static boolean refuses(Host revoked) {
        try {
            uriOfBAskedBy(revoked);
            return false;
        } catch (LabException _) {
            return true;
        }
    }

    /** By QEMU's own TLS, as memory and disks travel; it reads its certificates when it begins to listen. */
    private static String diskOfBAskedBy(Host host) throws IOException {
        int port = nbdPort++;
        Path disk = Files.write(lab.folder().path().resolve("disk.raw"), new byte[4096]);
        try (Running qemu = b.start("qemu-nbd-" + port, List.of("qemu-nbd", "--persistent", "--format=raw", "--bind=::",
                "--port=" + port, "--object=tls-creds-x509,id=tls,endpoint=server,verify-peer=yes,dir="
                        + b.pki().resolve("qemu"),
                "--tls-creds=tls", disk.toString()))) {
            qemu.awaitReady(PATIENCE, LIMIT, () -> b.run("ss", "-Hltn").contains(":" + port), "does not listen");
            return host.run("qemu-img", "info", "--object",
                    "tls-creds-x509,id=tls,endpoint=client,dir=" + host.pki().resolve("qemu"), "--image-opts",
                    "driver=nbd,host=" + b.address() + ",port=" + port + ",tls-creds=tls");
        } catch (LabException e) {
            throw new LabException(
                    e.getMessage() + "\n" + read(lab.folder().logs().resolve("host-b.qemu-nbd-" + port + ".log")));
        }
    }

    private static void enrolAnew(Host host) throws IOException {
        Files.delete(house.tokenFile(host));
        house.godwit("host", "token", host.name().text(), "--token-file", house.tokenFile(host).toString());
        house.crashAgent(host);
        house.startAgent(host);
    }

    /** One without a disk: its firmware finds nothing to start and waits. */
    @Test
    void aVmIsCopiedOverTlsAndInNoOtherWay() {
        UUID vm = UUID.fromString("5ca1ab1e-0000-4000-8000-00000000000a");
        Path xml = lab.folder().path().resolve("idle.xml");
        LabFolder.write(xml, """
                <domain type='qemu'><name>idle</name><uuid>%s</uuid><memory unit='MiB'>32</memory>
                  <os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features><cpu mode='maximum'/>
                  <devices>
                    <interface type='bridge'><source bridge='%s'/><model type='virtio'/></interface>
                    <interface type='bridge'><source bridge='%s'/><model type='virtio'/></interface>
                    <controller type='usb' model='none'/><memballoon model='none'/>
                  </devices></domain>""".formatted(vm, Host.REACHABLE_BRIDGE, Host.IDLE_BRIDGE));
        a.virsh("create", xml.toString());
        assertThatThrownBy(() -> a.virsh("migrate", "--live", "--p2p", "idle", b.libvirtUri()))
                .hasMessageContaining("VIR_MIGRATE_TLS");
        String daemon = "qemu+unix:///system?socket=" + lab.folder().node(a.name()).resolve("run/libvirt-sock");
        CopyOrder there = new CopyOrder(b.libvirtUri(), Host.REACHABLE_BRIDGE, Host.IDLE_BRIDGE, Strategy.PRE_COPY,
                CopyOptions.STANDARD, Map.of(), false);
        try (LibvirtHypervisor hypervisor = new LibvirtHypervisor(daemon, Transport.TLS, Host.REACHABLE_BRIDGE,
                new Nobody())) {
            CopyOrder plain = new CopyOrder(b.libvirtUri().replace("tls", "tcp"), Host.REACHABLE_BRIDGE,
                    Host.IDLE_BRIDGE, Strategy.PRE_COPY, CopyOptions.STANDARD, Map.of(), false);
            assertThat(hypervisor.copy(vm, plain, new Nobody())).isInstanceOf(CopyEnd.Failed.class);
            assertThat(hypervisor.copy(vm, there, new Nobody())).isInstanceOf(CopyEnd.Copied.class);
        }
        assertThat(b.virsh("domstate", "idle")).contains("running");
        assertThat(a.virsh("list", "--all", "--name")).doesNotContain("idle");
    }

    /** Hears of a migration, and does nothing about it. */
    private static final class Nobody implements Hypervisor.MigrationEvents, Hypervisor.CopyWatch {

        @Override
        public void arriving(UUID uuid) {}

        @Override
        public void pausedForSwitchover(UUID uuid) {}

        @Override
        public void resumedAfterSwitchover(UUID uuid) {}

        @Override
        public boolean isCalledOff() {
            return false;
        }

        @Override
        public void progress(CopyProgress progress) {}

        @Override
        public void pauseIsNear() {}
    }

    private static String uriOfBAskedBy(Node node) {
        return node.run("virsh", "-q", "-c", b.libvirtUri(), "uri").strip();
    }

    private static String daemonOfB() {
        return b.run("cat", "/run/libvirt/libvirtd.pid");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
