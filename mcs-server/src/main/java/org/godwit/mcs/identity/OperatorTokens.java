package org.godwit.mcs.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.godwit.mcs.store.ConflictException;
import org.godwit.mcs.store.OperatorTokenStore;
import org.godwit.mcs.store.OperatorTokenStore.Row;
import org.godwit.model.Name;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.CaFingerprint;
import org.godwit.protocol.identity.PrivateFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may ask for what over the REST API. Only the SHA-256 of a token is kept. Every method may block on the disk. */
public final class OperatorTokens {

    public static final Duration LIFE_MAX = Duration.ofDays(366);

    private static final Logger LOG = LoggerFactory.getLogger(OperatorTokens.class);
    private static final Duration FIRST_LIFE = Duration.ofDays(365);
    private static final String FIRST_FILE = "admin.token";
    private static final String SCHEME = "Bearer ";

    /** Somebody with a token that is good. @param until when it will not be any more, unless it is revoked before */
    public record Operator(String name, Role role, Instant until) {

        /** Whoever comes without one. */
        public static final Operator NOBODY = new Operator("nobody", Role.ANYBODY, Instant.MAX);
    }

    /** A new token, shown this once. */
    public record Issued(AccessToken token, Row row) {}

    private final CaFingerprint authority;
    private final OperatorTokenStore store;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final List<Consumer<Name>> revocations = new CopyOnWriteArrayList<>();

    public OperatorTokens(CaFingerprint authority, OperatorTokenStore store, InstantSource clock) {
        this.authority = authority;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Makes sure that somebody can be an admin: when no admin's token is good, a new one is written to {@code admin.token},
     * which only the server's own user reads. So it is at the first start, and after the last of them has run out.
     */
    public void ensureAdmin(Path folder) {
        Instant now = clock.instant();
        if (store.list().stream().anyMatch(row -> row.role().equals(Role.ADMIN.word()) && row.isGood(now))) {
            return;
        }
        AccessToken token = AccessToken.make(authority, random);
        try {
            Path file = folder.resolve(FIRST_FILE);
            // Before it is good: a token that is good and that nobody has would keep everybody out.
            PrivateFile.write(file, token.text() + "\n");
            admit(token);
            LOG.warn("no admin had a token that is good: a new one is in {}", file);
        } catch (IOException e) {
            throw new UncheckedIOException("the first admin's token cannot be written to " + folder, e);
        }
    }

    /** Under the first name that is free: an operator's token may have taken it. */
    private void admit(AccessToken admin) {
        for (int number = 1;; number++) {
            try {
                add(admin, Name.of(number == 1 ? "admin" : "admin-" + number), Role.ADMIN, FIRST_LIFE);
                return;
            } catch (ConflictException e) {
                LOG.debug("{}", e.getMessage());
            }
        }
    }

    /** @throws ConflictException when there is a token of that name that is good */
    public Issued issue(Name name, Role role, Duration life) {
        if (!life.isPositive() || life.compareTo(LIFE_MAX) > 0) {
            throw new IllegalArgumentException("a token lasts for at most " + LIFE_MAX.toDays() + " days");
        }
        AccessToken token = AccessToken.make(authority, random);
        return new Issued(token, add(token, name, role, life));
    }

    private Row add(AccessToken token, Name name, Role role, Duration life) {
        Instant now = clock.instant();
        Row row = new Row(name, role.word(), now, now.plus(life), Optional.empty());
        store.add(row, AccessToken.hash(token.text()));
        return row;
    }

    public List<Row> list() {
        return store.list();
    }

    /** @return false when there is no such token that is not revoked */
    public boolean revoke(Name name) {
        boolean revoked = store.revoke(name, clock.instant());
        if (revoked) {
            revocations.forEach(listener -> listener.accept(name));
        }
        return revoked;
    }

    /** @param listener told when a token has been revoked; must not block */
    public void whenRevoked(Consumer<Name> listener) {
        revocations.add(listener);
    }

    /** Whether his token has expired. */
    public boolean isOver(Operator operator) {
        return !clock.instant().isBefore(operator.until());
    }

    /** Whether a token of now would be good then. */
    public boolean isGood(Row row) {
        return row.isGood(clock.instant());
    }

    /**
     * @param header {@code Authorization} of RFC 6750; empty for whoever shows nothing
     * @throws NotProvenException when what is shown is not good
     */
    public Operator operator(Optional<String> header) {
        if (header.isEmpty()) {
            return Operator.NOBODY;
        }
        if (!header.get().startsWith(SCHEME)) {
            throw new NotProvenException("no bearer token");
        }
        Row row = store.find(AccessToken.hash(header.get().substring(SCHEME.length()).strip()))
                .orElseThrow(() -> new NotProvenException("a token that was never given out"));
        if (row.revoked().isPresent()) {
            throw new NotProvenException("the token " + row.name() + ", which was revoked at " + row.revoked().get());
        }
        if (!row.isGood(clock.instant())) {
            throw new NotProvenException("the token " + row.name() + ", which expired at " + row.expires());
        }
        return new Operator(row.name().text(), Role.of(row.role()), row.expires());
    }
}
