package org.godwit.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.godwit.lab.LabException;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.mcs.identity.CertificateAuthority.Subject;
import org.godwit.mcs.identity.CertificateAuthority.Use;
import org.godwit.mcs.identity.HostIdentities;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/**
 * A fleet by numbers: everybody who knows how many hosts and VMs there are knows all their names and addresses.
 *
 * @param hosts 2 to 60000
 * @param vmsPerHost 1 to 1000
 */
record LoadFleet(int hosts, int vmsPerHost) {

    static final String HOA_SPACE = "2001:db8:face::/64";

    private static final int HOSTS_PER_SITE = 100;

    LoadFleet {
        if (hosts < 2 || hosts > 60_000) {
            throw new IllegalArgumentException("hosts must be 2 to 60000, got " + hosts);
        }
        if (vmsPerHost < 1 || vmsPerHost > 1000) {
            throw new IllegalArgumentException("vmsPerHost must be 1 to 1000, got " + vmsPerHost);
        }
    }

    int vms() {
        return hosts * vmsPerHost;
    }

    Name host(int number) {
        return Name.of("host-" + number);
    }

    /** Where a VM is in the beginning. */
    int hostOf(int vm) {
        return vm / vmsPerHost;
    }

    String libvirtUri(int host) {
        return "qemu+tcp://" + host(host) + "/system";
    }

    Name vm(int number) {
        return Name.of("vm-" + number);
    }

    UUID uuid(int vm) {
        return new UUID(0x4000L, 0x8000_0000_0000_0000L | vm);
    }

    int vmOf(UUID uuid) {
        return (int) uuid.getLeastSignificantBits();
    }

    HomeAddress hoa(int vm) {
        return HomeAddress.of("2001:db8:face::1:%x:%x".formatted(vm >>> Short.SIZE, vm & 0xffff));
    }

    MacAddress secondaryMac(int vm) {
        return MacAddress.of("52:54:%02x:%02x:%02x:02".formatted(vm >>> 16 & 0xff, vm >>> 8 & 0xff, vm & 0xff));
    }

    private int siteOf(int host) {
        return host / HOSTS_PER_SITE;
    }

    private Name site(int number) {
        return Name.of("site-" + number);
    }

    private static SitePrefix prefix(int site) {
        return SitePrefix.of("2001:db8:%x::/64".formatted(site + 0x100));
    }

    private static Gateway gateway(int site) {
        return new Gateway(LinkLocalAddress.of("fe80::%x:1".formatted(site + 1)),
                MacAddress.of("02:00:00:00:%02x:%02x".formatted(site >>> 8, site & 0xff)), prefix(site));
    }

    private MobileAddress moa(int vm) {
        return prefix(siteOf(hostOf(vm))).addressOf(MacAddress.of("52:54:%02x:%02x:%02x:01".formatted(vm >>> 16 & 0xff,
                vm >>> 8 & 0xff, vm & 0xff)));
    }

    Gateway gatewayOf(int host) {
        return gateway(siteOf(host));
    }

    /** Where a host that is not enrolled yet has its token. */
    Path token(Path folder, int host) {
        return folder.resolve(host(host).text());
    }

    /** Where a host has its key and certificate. */
    Path identity(Path folder, int host) {
        return folder.resolve(host(host) + ".identity");
    }

    /**
     * Writes the inventory and the mapping server's bindings, as a server has them that has run for long: at once, for the
     * server itself would take one transaction for each.
     *
     * @param data of the server
     * @param folder where each host's token, or its key and certificate go
     * @param enrolling so many of the hosts have a token; the others have been enrolled
     */
    void write(Path data, Path folder, int enrolling) throws IOException {
        CertificateAuthority authority = CertificateAuthority.open(makeSchema(data), InstantSource.system());
        Files.createDirectories(folder);
        SecureRandom random = new SecureRandom();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve(Database.FILE))) {
            connection.setAutoCommit(false);
            Rows sites = new Rows(connection, "INSERT INTO sites (name) VALUES (?)");
            Rows gateways = new Rows(connection,
                    "INSERT INTO gateways (site, link_local, mac, prefix) VALUES (?, ?, ?, ?)");
            for (int site = 0; site <= siteOf(hosts - 1); site++) {
                Gateway gateway = gateway(site);
                sites.add(site(site));
                gateways.add(site(site), gateway.linkLocal(), gateway.mac(), gateway.prefix());
            }
            Rows all = new Rows(connection, "INSERT INTO hosts (name, site) VALUES (?, ?)");
            for (int host = 0; host < hosts; host++) {
                all.add(host(host), site(siteOf(host)));
            }
            Rows enrolments = new Rows(connection,
                    "INSERT INTO host_enrolments (host, token_hash, expires_at_us) VALUES (?, unhex(?), ?)");
            for (int host = 0; host < Math.min(enrolling, hosts); host++) {
                AccessToken token = AccessToken.make(authority.fingerprint(), random);
                enrolments.add(host(host), HexFormat.of().formatHex(AccessToken.hash(token.text())), Long.MAX_VALUE);
                Files.writeString(token(folder, host), token.text());
            }
            Rows certificates = new Rows(connection,
                    "INSERT INTO host_certificates (serial, host, not_after_us) VALUES (?, ?, ?)");
            for (int host = enrolling; host < hosts; host++) {
                X509Certificate own = enrolled(authority, folder, host);
                certificates.add(own.getSerialNumber().toString(16), host(host),
                        TimeUnit.MILLISECONDS.toMicros(own.getNotAfter().getTime()));
            }
            Rows vms = new Rows(connection, "INSERT INTO vms (name, domain, uuid, hoa, host) VALUES (?, ?, ?, ?, ?)");
            for (int vm = 0; vm < vms(); vm++) {
                vms.add(vm(vm), vm(vm), uuid(vm), hoa(vm), host(hostOf(vm)));
            }
            connection.commit();
        } catch (SQLException e) {
            throw new LabException("the fleet cannot be written to " + data, e);
        }
    }

    /** As an agent has it that has enrolled, but for the name of its token. */
    private X509Certificate enrolled(CertificateAuthority authority, Path folder, int host) throws IOException {
        KeyPair pair = Pem.newKeyPair();
        List<X509Certificate> chain = authority.issue(new Subject(host(host).text(), pair.getPublic(), Use.AGENT,
                List.of(), List.of()), HostIdentities.CERTIFICATE_LIFE);
        Files.writeString(Files.createDirectories(identity(folder, host)).resolve("identity.pem"),
                Pem.of(pair.getPrivate()) + Pem.of(chain));
        return chain.getFirst();
    }

    private Path makeSchema(Path data) {
        try (Database database = Database.open(data)) {
            List<Enrolment> enrolments = new ArrayList<>();
            List<Mapping> mappings = new ArrayList<>();
            for (int vm = 0; vm < vms(); vm++) {
                enrolments.add(Enrolment.of(hoa(vm), MappingKey.of(new byte[32])));
                mappings.add(Mapping.none(hoa(vm)).activate(moa(vm), new Epoch(1)));
            }
            new SqliteMappingStore(database).saveAll(enrolments, mappings);
        }
        return data;
    }

    /** Rows of one kind. */
    private record Rows(Connection connection, String statement) {

        void add(Object... values) throws SQLException {
            try (PreparedStatement insertion = connection.prepareStatement(statement)) {
                for (int i = 0; i < values.length; i++) {
                    insertion.setString(i + 1, values[i].toString());
                }
                insertion.execute();
            }
        }
    }
}
