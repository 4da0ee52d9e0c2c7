package org.godwit.mcs.rest;

import static org.godwit.mcs.rest.BadFieldException.required;

import java.net.InetAddress;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.mcs.identity.OperatorTokens;
import org.godwit.mcs.identity.OperatorTokens.Issued;
import org.godwit.mcs.identity.Role;
import org.godwit.mcs.runner.RefusedException;
import org.godwit.mcs.store.OperatorTokenStore.Row;
import org.godwit.model.Name;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.rest.Resources;

/** The authority, operators' tokens and the audit as resources. */
final class IdentityResources {

    private static final int DAYS_DEFAULT = 90;
    private static final long ENTRIES_DEFAULT = 100;
    private static final long ENTRIES_MAX = 1000;

    private final Identities identities;

    IdentityResources(Identities identities) {
        this.identities = identities;
    }

    Reply authority(Call call) {
        CertificateAuthority authority = identities.authority();
        return Reply.ok(new Resources.Authority(authority.fingerprint().text(),
                Pem.of(List.of(authority.certificate()))));
    }

    Reply enrolMappingServer(Call call, Resources.NewMappingServer body) {
        InetAddress address = required("address", body.address(), InetAddress::ofLiteral);
        PublicKey key = required("public_key", body.publicKey(),
                text -> Pem.publicKey(Base64.getDecoder().decode(text)));
        List<X509Certificate> chain = identities.ims().enrol(key, address);
        return Reply.ok(new Resources.MappingServerCertificate(address.getHostAddress(),
                chain.getFirst().getNotAfter().toInstant().toString(), Pem.of(chain)));
    }

    Reply tokens(Call call) {
        return Reply.ok(new Resources.Items<>(identities.tokens().list().stream().map(this::view).toList()));
    }

    Reply addToken(Call call, Resources.NewToken body) {
        Name name = required("name", body.name(), Name::of);
        Role role = required("role", body.role(), Role::of);
        Issued issued = identities.tokens().issue(name, role, life(body.days()));
        return Reply.created(new Resources.IssuedToken(name.text(), role.word(), issued.row().expires().toString(),
                issued.token().text()), "/v1/tokens/" + name);
    }

    private static Duration life(Integer days) {
        if (days == null) {
            return Duration.ofDays(DAYS_DEFAULT);
        }
        if (days < 1 || days > OperatorTokens.LIFE_MAX.toDays()) {
            throw new BadFieldException("days", "days must be 1 to " + OperatorTokens.LIFE_MAX.toDays(), null);
        }
        return Duration.ofDays(days);
    }

    Reply revokeToken(Call call) {
        String text = call.part("name");
        if (identities.tokens().list().stream().map(row -> row.name().text()).noneMatch(text::equals)
                || !identities.tokens().revoke(Name.of(text))) {
            throw new RefusedException(RefusedException.Reason.UNKNOWN,
                    "there is no token " + text + " that is not revoked", null);
        }
        return Reply.noContent();
    }

    /** In the order in which it happened; the next page begins after the last number of this one. */
    Reply audit(Call call) {
        long number = call.parameter("number", text -> number(text, Long.MAX_VALUE)).orElse(0L);
        long limit = call.parameter("limit", text -> number(text, ENTRIES_MAX)).orElse(ENTRIES_DEFAULT);
        return Reply.ok(new Resources.Items<>(identities.audit().after(number, (int) limit)));
    }

    Reply auditHead(Call call) {
        return Reply.ok(identities.audit().head());
    }

    private Resources.Token view(Row row) {
        String state = row.revoked().isPresent() ? "revoked" : identities.tokens().isGood(row) ? "good" : "expired";
        return new Resources.Token(row.name().text(), row.role(), row.created().toString(), row.expires().toString(),
                state);
    }

    private static long number(String text, long max) {
        if (!text.matches("\\d{1,18}") || Long.parseLong(text) > max) {
            throw new IllegalArgumentException("must be a number from 0 to " + max);
        }
        return Long.parseLong(text);
    }
}
