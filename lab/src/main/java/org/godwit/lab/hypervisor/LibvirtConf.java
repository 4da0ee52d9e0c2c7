package org.godwit.lab.hypervisor;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The configuration of one host's libvirtd.
 *
 * <p>Only libvirt of other hosts is let in, and only over TLS: once the host agent has got a certificate.
 *
 * @param hostUuid each host's own: with equal ones libvirt refuses to "migrate guest to the same host"
 * @param address where other hosts' libvirt and QEMU reach this one
 * @param hasCertificate without one libvirtd listens to nobody but this host
 */
public record LibvirtConf(UUID hostUuid, IPv6Address address, Path log, boolean hasCertificate) {

    public LibvirtConf {
        requireNonNull(hostUuid, "hostUuid is null");
        requireNonNull(address, "address is null");
        requireNonNull(log, "log is null");
    }

    /** The text of libvirtd.conf. */
    public String libvirtd() {
        return """
                listen_tls = %d
                listen_tcp = 0
                listen_addr = "::"
                auth_tls = "none"
                tls_allowed_dn_list = ["*OU=hypervisor*"]
                auth_unix_ro = "none"
                auth_unix_rw = "none"
                host_uuid = "%s"
                log_outputs = "2:file:%s"
                """.formatted(hasCertificate ? 1 : 0, hostUuid, log);
    }

    /**
     * The text of qemu.conf: no security driver, mount namespaces, control groups or virtlogd, none of which a network
     * namespace of the lab has. A migration that is not encrypted is refused.
     */
    public String qemu() {
        return """
                user = "root"
                group = "root"
                dynamic_ownership = 0
                remember_owner = 0
                security_driver = "none"
                namespaces = []
                cgroup_controllers = []
                stdio_handler = "file"
                migration_address = "::"
                migrate_tls_x509_verify = 1
                migrate_tls_force = 1
                """;
    }

    /** What other hosts connect to. */
    public String uri() {
        return "qemu+tls://[" + address.toCanonicalString() + "]/system";
    }
}
