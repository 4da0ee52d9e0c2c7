package org.godwit.mcs.agents;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.model.Name;

/** Whether an agent is who it says. Only the SHA-256 of a token is stored: a token has 256 random bits, so no salt is needed. */
public final class HostTokens {

    private static final byte[] OF_NOBODY = new byte[32];

    private final InventoryStore inventory;

    public HostTokens(InventoryStore inventory) {
        this.inventory = inventory;
    }

    /** Takes as long for an unknown host as for a wrong token. */
    public boolean belongs(String token, Name host) {
        return MessageDigest.isEqual(hash(token), inventory.tokenHash(host).orElse(OF_NOBODY));
    }

    public static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
