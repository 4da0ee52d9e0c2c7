package org.godwit.cli.remote;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What hosts are known by, and what we are known by.
 *
 * @param knownHosts where accepted keys go, too; need not exist
 * @param acceptedFingerprint of the one key that may be new: {@code SHA256:} and 43 characters of base64
 * @param agentSocket of an ssh-agent; one that does not answer does not matter
 * @param identities files of private keys
 */
public record Keyring(Path knownHosts, Optional<String> acceptedFingerprint, Optional<Path> agentSocket,
        List<Path> identities) {

    private static final Pattern FINGERPRINT = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");

    public Keyring {
        identities = List.copyOf(identities);
        acceptedFingerprint.filter(it -> !FINGERPRINT.matcher(it).matches()).ifPresent(it -> {
            throw new IllegalArgumentException(
                    "a fingerprint looks like SHA256: and 43 characters, as ssh-keygen -l shows it, got \"" + it
                            + "\"");
        });
    }
}
