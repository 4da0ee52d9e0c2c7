package org.godwit.cli;

import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.godwit.protocol.identity.AuditChain;
import org.godwit.protocol.identity.CaFingerprint;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.rest.Resources.AuditEntry;
import org.godwit.protocol.rest.Resources.AuditHead;
import org.godwit.protocol.rest.Resources.Authority;

/** Reads the audit's entries in order, and fails at the first that does not hold. */
final class AuditCheck {

    /** What the server itself calls an entry that says that others are missing. */
    private static final String GAP = "audit gap";

    private final PublicKey authority;
    private final Map<Long, String> expected = new TreeMap<>();
    private long number;
    private String hash = AuditChain.BEGINNING;

    AuditCheck(PublicKey authority) {
        this.authority = authority;
    }

    /** @param pinned whose certificate it must be; empty when nobody has said */
    static AuditCheck by(Authority told, Optional<CaFingerprint> pinned) {
        try {
            X509Certificate certificate = Pem.certificates(told.certificate()).getFirst();
            if (pinned.isPresent() && !pinned.get().equals(CaFingerprint.of(certificate))) {
                throw tampered("the server shows the certificate of another authority than that of the token");
            }
            return new AuditCheck(certificate.getPublicKey());
        } catch (CertificateException e) {
            throw McsClient.notUnderstood();
        }
    }

    /** That entry must come, with that hash. */
    void mustHold(long entry, String itsHash) {
        expected.put(entry, itsHash);
    }

    void read(AuditEntry entry) {
        if (entry.number() != number + 1) {
            throw tampered("entry " + (number + 1) + " is missing: " + entry.number() + " follows " + number);
        }
        String should = AuditChain.hash(hash, entry.number(), entry.at(), entry.actor(), entry.origin(),
                entry.action(), entry.outcome());
        if (!should.equals(entry.hash())) {
            throw tampered("entry " + entry.number() + " has been changed, or one before it");
        }
        if (!AuditChain.isSigned(should, entry.signature(), authority)) {
            throw tampered("entry " + entry.number() + " is not signed by the server's authority");
        }
        if (entry.action().equals(GAP)) {
            throw tampered("entry " + entry.number() + " says: " + entry.outcome());
        }
        if (!expected.getOrDefault(entry.number(), should).equals(should)) {
            throw tampered("entry " + entry.number() + " is not the one that was there before");
        }
        number = entry.number();
        hash = should;
    }

    /** @param newest as the server remembered it before the entries were read */
    void end(AuditHead newest) {
        expected.keySet().stream().filter(entry -> entry > number).findFirst().ifPresent(entry -> {
            throw tampered("entry " + entry + ", which was there before, is missing, and all after it");
        });
        if (newest.number() > number) {
            throw tampered("the entries after " + number + " are missing; the newest was " + newest.number());
        }
    }

    long number() {
        return number;
    }

    String hash() {
        return hash;
    }

    private static CommandFailure tampered(String sentence) {
        return new CommandFailure(ExitStatus.FAILED, "the audit does not hold: " + sentence);
    }
}
