package org.godwit.cli.remote;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.UserInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;

/**
 * Whether a host is the one that it says it is: by what {@code known_hosts} holds, else by its fingerprint, which the operator
 * has named beforehand or is shown. A key that contradicts {@code known_hosts} is refused, whoever agrees.
 */
final class HostKeys implements HostKeyRepository {

    private static final String ASK_THE_HOST = "ask the host itself (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub); if"
            + " it says the same, give --accept-host-key with that fingerprint";

    private final HostKeyRepository known;
    private final Path file;
    private final Optional<String> accepted;
    private final Questions questions;
    private String verdict = "";
    private Optional<RemoteException> refusal = Optional.empty();

    /**
     * @param known what is in the file
     * @param accepted a fingerprint, {@code SHA256:} and 43 characters
     */
    HostKeys(HostKeyRepository known, Path file, Optional<String> accepted, Questions questions) {
        this.known = known;
        this.file = file;
        this.accepted = accepted;
        this.questions = questions;
    }

    /** As OpenSSH shows it: {@code ssh-keygen -l} on the host itself says the same. */
    static String fingerprint(byte[] key) {
        try {
            return "SHA256:" + Base64.getEncoder().withoutPadding()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** How the key came to be believed; for people. */
    String verdict() {
        return verdict;
    }

    /** Why it was not; empty when it was, or none was shown. */
    Optional<RemoteException> refusal() {
        return refusal;
    }

    /** @param host with port in brackets when the port is not 22, as in {@code known_hosts} */
    @Override
    public int check(String host, byte[] key) {
        String fingerprint = fingerprint(key);
        int found = known.check(host, key);
        if (found == OK) {
            verdict = fingerprint + " as in " + file;
            return OK;
        }
        if (found == CHANGED) {
            return refuse(CHANGED, host + " shows another key (" + fingerprint + ") than the one in " + file,
                    "if the host was installed anew, take its old key out with ssh-keygen -R and compare the new one"
                            + " with what the host itself says; if it was not, somebody stands in between");
        }
        if (accepted.isPresent()) {
            if (!accepted.get().equals(fingerprint)) {
                return refuse(NOT_INCLUDED, host + " shows the key " + fingerprint + ", not " + accepted.get(),
                        ASK_THE_HOST);
            }
            verdict = fingerprint + " as told, now in " + file;
        } else if (questions.agreed("The key of " + host + " is not in " + file + ".\n  " + type(key) + " "
                + fingerprint
                + "\nThe host itself says which one is its own: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\n"
                + "Believe it from now on? [y/N] ")) {
            verdict = fingerprint + " as confirmed, now in " + file;
        } else {
            return refuse(NOT_INCLUDED, "the key of " + host + " is not known: " + type(key) + " " + fingerprint,
                    ASK_THE_HOST);
        }
        remember(host, key);
        return OK;
    }

    private int refuse(int verdict, String problem, String remedy) {
        refusal = Optional.of(new RemoteException(problem, remedy));
        return verdict;
    }

    private void remember(String host, byte[] key) {
        String line = host + " " + type(key) + " " + Base64.getEncoder().encodeToString(key) + "\n";
        try {
            if (Files.notExists(file)) {
                Files.createDirectories(file.toAbsolutePath().getParent(),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                Files.createFile(file,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            String before = Files.readString(file);
            Files.writeString(file, (before.isEmpty() || before.endsWith("\n") ? "" : "\n") + line,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new RemoteException("the host's key cannot be written to " + file + " (" + e + ")",
                    "make it writable, or name another file with --known-hosts", e);
        }
    }

    /** A key begins with the name of its algorithm (RFC 4253, section 6.6); whoever answers may have written anything. */
    private static String type(byte[] key) {
        ByteBuffer bytes = ByteBuffer.wrap(key);
        byte[] name = new byte[Math.clamp(bytes.remaining() < Integer.BYTES ? 0 : bytes.getInt(), 0,
                bytes.remaining())];
        bytes.get(name);
        return new String(name, StandardCharsets.US_ASCII).replaceAll("[^A-Za-z0-9@._-]", "?");
    }

    @Override
    public void add(HostKey key, UserInfo operator) {
        throw new UnsupportedOperationException("keys are taken over where they are checked");
    }

    @Override
    public void remove(String host, String type) {
        throw new UnsupportedOperationException("known_hosts is the operator's");
    }

    @Override
    public void remove(String host, String type, byte[] key) {
        throw new UnsupportedOperationException("known_hosts is the operator's");
    }

    @Override
    public String getKnownHostsRepositoryID() {
        return file.toString();
    }

    @Override
    public HostKey[] getHostKey() {
        return known.getHostKey();
    }

    @Override
    public HostKey[] getHostKey(String host, String type) {
        return known.getHostKey(host, type);
    }
}
