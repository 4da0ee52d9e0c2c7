package org.godwit.host.hypervisor;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.godwit.host.program.ProgramException;
import org.godwit.host.program.Programs;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.identity.PrivateFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keys and certificates where libvirt (https://libvirt.org/kbase/tlscerts.html) and QEMU (its tls-creds-x509) look for them of their
 * own accord, below {@code /etc/pki}: libvirt reads certificates anew from these places only.
 *
 * <p>QEMU reads its files at each migration. libvirtd reads them at its start, and when {@code virt-admin} tells it to; as a
 * client, at each connection.
 */
public final class MigrationPki {

    private static final Logger LOG = LoggerFactory.getLogger(MigrationPki.class);

    private static final String MARK = "Written by godwit-host-agent, which overwrites what has this line.\n";
    private static final List<String> QEMU_GROUPS = List.of("libvirt-qemu", "qemu");
    private static final String PUBLIC = "rw-r--r--";
    private static final String SECRET = "rw-------";
    private static final String SECRET_OF_GROUP = "rw-r-----";

    private final Path folder;
    private final Programs programs;
    /** Whether libvirtd has what is there still to read. A process before may have ended between writing and telling it. */
    private boolean owed = true;
    private String complaint = "";

    /** @param folder {@code /etc/pki} */
    public MigrationPki(Path folder, Programs programs) {
        this.folder = requireNonNull(folder, "folder is null");
        this.programs = requireNonNull(programs, "programs is null");
    }

    /**
     * Does nothing when all of it is there already, and libvirt has heard of it.
     *
     * @param revoked whom they are not to believe; empty when that is not known: then it stays what it was
     * @throws IOException when there is something that somebody else has put there
     */
    public synchronized void install(PrivateKey key, X509Certificate own, X509Certificate authority,
            Optional<X509CRL> revoked)
            throws IOException {
        String secret = Pem.of(key, own.getPublicKey());
        String certificate = Pem.of(List.of(own));
        String trusted = Pem.of(List.of(authority));
        // Of a pair the key first: it stays when a certificate is renewed.
        boolean changed = put("CA/cacert.pem", trusted, PUBLIC)
                | put("libvirt/private/serverkey.pem", secret, SECRET)
                | put("libvirt/private/clientkey.pem", secret, SECRET)
                | put("libvirt/servercert.pem", certificate, PUBLIC)
                | put("libvirt/clientcert.pem", certificate, PUBLIC)
                | put("qemu/ca-cert.pem", trusted, PUBLIC)
                | put("qemu/server-key.pem", secret, SECRET_OF_GROUP)
                | put("qemu/client-key.pem", secret, SECRET_OF_GROUP)
                | put("qemu/server-cert.pem", certificate, PUBLIC)
                | put("qemu/client-cert.pem", certificate, PUBLIC);
        if (revoked.isPresent()) {
            changed |= put("CA/cacrl.pem", revoked.get()) | put("qemu/ca-crl.pem", revoked.get());
        }
        owed |= changed;
        if (owed) {
            reload();
        }
    }

    /** Lists are signed anew, with another time, whenever they are told: that alone changes nothing. */
    private boolean put(String name, X509CRL revoked) throws IOException {
        Path file = folder.resolve(name);
        try {
            if (Files.exists(file) && areTheSame(Pem.revocationsIn(Files.readString(file)), revoked)) {
                return false;
            }
        } catch (CRLException _) {
            // What cannot be read is replaced, unless it is somebody else's.
        }
        boolean put = put(name, Pem.of(revoked), PUBLIC);
        LOG.info("{} names {} revoked certificates", file, serials(revoked).size());
        return put;
    }

    private static boolean areTheSame(X509CRL there, X509CRL told) {
        return there.getIssuerX500Principal().equals(told.getIssuerX500Principal())
                && serials(there).equals(serials(told));
    }

    private static Set<BigInteger> serials(X509CRL list) {
        // Null stands for an empty list.
        return Optional.ofNullable(list.getRevokedCertificates()).orElse(Set.of()).stream()
                .map(X509CRLEntry::getSerialNumber).collect(Collectors.toSet());
    }

    private boolean put(String name, String pem, String permissions) throws IOException {
        Path file = folder.resolve(name);
        if (Files.exists(file)) {
            String there = Files.readString(file);
            if (there.equals(MARK + pem)) {
                return false;
            }
            if (!there.startsWith(MARK)) {
                throw new IOException(
                        file + " is somebody else's: move it away, so that libvirt can have a certificate of"
                                + " the control server's authority, or migrate with transport = tcp");
            }
        }
        makeFolders(file.getParent());
        PrivateFile.write(file, MARK + pem, permissions,
                permissions.equals(SECRET_OF_GROUP) ? qemuGroup(file) : Optional.empty());
        return true;
    }

    /** Whatever this process's umask is: libvirt's tools run as any user, QEMU as its own. */
    private void makeFolders(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            makeFolders(parent.getParent());
            Files.createDirectory(parent);
            Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /** Under which the distributions run QEMU; where there is none, it runs as root. */
    private static Optional<GroupPrincipal> qemuGroup(Path file) throws IOException {
        for (String name : QEMU_GROUPS) {
            try {
                return Optional
                        .of(file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(name));
            } catch (UserPrincipalNotFoundException _) {
                continue;
            }
        }
        return Optional.empty();
    }

    /** A daemon that is not there reads the files when it starts; that it does not hear is said once. */
    private void reload() {
        try {
            Programs.Ended ended = programs.run("", "virt-admin", "-c", "libvirtd:///system", "server-update-tls",
                    "libvirtd");
            if (ended.exitCode() == 0) {
                owed = false;
                complaint = "";
                LOG.info("libvirtd has read its certificates anew");
            } else {
                complain("libvirtd has not read its certificates anew (" + ended.output() + "): if it does not listen"
                        + " for TLS yet, set listen_tls, or enable libvirtd-tls.socket, and restart it");
            }
        } catch (ProgramException e) {
            complain("libvirtd is to be restarted, to read its certificates anew: " + e.getMessage());
        }
    }

    private void complain(String words) {
        LOG.atLevel(words.equals(complaint) ? Level.DEBUG : Level.WARN).log(words);
        complaint = words;
    }
}
