package org.godwit.lab.hypervisor;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The configuration of one host's libvirtd.
 *
 * <p>Its TCP port is open to every node of the lab without a password: the lab's networks reach nowhere else.
 *
 * @param hostUuid each host's own: with equal ones libvirt refuses to "migrate guest to the same host"
 * @param address where other hosts' libvirt and QEMU reach this one
 */
public record LibvirtConf(UUID hostUuid, IPv6Address address, Path log) {

    public LibvirtConf {
        requireNonNull(hostUuid, "hostUuid is null");
        requireNonNull(address, "address is null");
        requireNonNull(log, "log is null");
    }

    /** The text of libvirtd.conf. */
    public String libvirtd() {
        return """
                listen_tls = 0
                listen_tcp = 1
                listen_addr = "::"
                tcp_port = "16509"
                auth_tcp = "none"
                auth_unix_ro = "none"
                auth_unix_rw = "none"
                host_uuid = "%s"
                log_outputs = "2:file:%s"
                """.formatted(hostUuid, log);
    }

    /**
     * The text of qemu.conf: no security driver, mount namespaces, control groups or virtlogd, none of which a network
     * namespace of the lab has.
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
                migration_host = "%s"
                migration_address = "::"
                """.formatted(address.toCanonicalString());
    }

    /** What {@code virsh} and other hosts connect to. */
    public String uri() {
        return "qemu+tcp://[" + address.toCanonicalString() + "]/system";
    }
}
