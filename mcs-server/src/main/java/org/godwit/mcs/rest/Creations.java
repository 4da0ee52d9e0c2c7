package org.godwit.mcs.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.godwit.mcs.runner.RefusedException;
import org.godwit.mcs.runner.RefusedException.Reason;
import org.godwit.mcs.store.CreationStore;
import org.godwit.mcs.store.CreationStore.Claim;
import org.godwit.protocol.rest.RestJson;

/**
 * Creations that may be asked for again with the same {@code Idempotency-Key}: the second time they are not done, but answered
 * as they were. Some answers have a secret that we do not keep, so answers are stored encrypted with the client's key, which we
 * do not keep either.
 */
final class Creations {

    static final String KEY = "Idempotency-Key";
    static final String REPLAYED = "Idempotency-Replayed";

    private static final Pattern KEY_FORM = Pattern.compile("[!-~]{16,128}");
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final CreationStore store;
    private final SecureRandom random = new SecureRandom();

    Creations(CreationStore store) {
        this.store = store;
    }

    private record Answer(int status, Map<String, String> headers, String body) {}

    /** Does it, unless it has been done. What was refused or failed has not been done, so it may be tried again. */
    Reply once(Call call, Routes.Answer creation) throws JsonProcessingException {
        Optional<String> key = call.header(KEY);
        if (key.isEmpty()) {
            return creation.to(call);
        }
        if (!KEY_FORM.matcher(key.get()).matches()) {
            throw new BadFieldException(KEY, KEY + " must be 16 to 128 visible ASCII characters that nobody guesses,"
                    + " such as a random UUID", null);
        }
        byte[] keyHash = hash("key", call.path(), key.get());
        byte[] request = hash("request", call.method(), new String(call.bodyBytes(), StandardCharsets.ISO_8859_1),
                call.parameters().toString());
        SecretKeySpec secret = new SecretKeySpec(hash("answer", call.path(), key.get()), "AES");
        return switch (store.claim(keyHash, request)) {
            case Claim.Granted() -> done(call, creation, keyHash, secret);
            case Claim.Answered(byte[] answer) -> opened(answer, secret);
            case Claim.UnderWay() -> throw new RefusedException(Reason.CONFLICT,
                    "the first request with this " + KEY + " is still being answered: ask again later", KEY);
            case Claim.OtherRequest() -> throw new RefusedException(Reason.INVALID,
                    "this " + KEY + " was used for another request: take a new one", KEY);
        };
    }

    private Reply done(Call call, Routes.Answer creation, byte[] keyHash, SecretKeySpec secret)
            throws JsonProcessingException {
        boolean kept = false;
        try {
            Reply reply = creation.to(call);
            if (reply.status() / 100 == 2) {
                store.answer(keyHash, sealed(reply, secret));
                kept = true;
            }
            return reply;
        } finally {
            if (!kept) {
                store.release(keyHash);
            }
        }
    }

    private byte[] sealed(Reply reply, SecretKeySpec secret) throws JsonProcessingException {
        byte[] plain = RestJson.strict().writeValueAsBytes(
                new Answer(reply.status(), reply.headers(), reply.bytes().toString(StandardCharsets.UTF_8)));
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] cipher = crypt(Cipher.ENCRYPT_MODE, secret, nonce, plain);
        return Buffer.buffer(nonce).appendBytes(cipher).getBytes();
    }

    private static Reply opened(byte[] answer, SecretKeySpec secret) {
        byte[] plain = crypt(Cipher.DECRYPT_MODE, secret, Arrays.copyOf(answer, NONCE_BYTES),
                Arrays.copyOfRange(answer, NONCE_BYTES, answer.length));
        try {
            Answer said = RestJson.strict().readValue(plain, Answer.class);
            return new Reply(said.status(), Buffer.buffer(said.body()), said.headers()).with(REPLAYED, "true");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] crypt(int mode, SecretKeySpec secret, byte[] nonce, byte[] text) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, secret, new GCMParameterSpec(TAG_BITS, nonce));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("an answer cannot be read with the key that it was stored for", e);
        }
    }

    private static byte[] hash(String... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update(Buffer.buffer().appendInt(bytes.length).appendBytes(bytes).getBytes());
            }
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
