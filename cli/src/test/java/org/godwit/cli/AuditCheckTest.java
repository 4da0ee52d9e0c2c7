package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import org.godwit.protocol.identity.AuditChain;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.rest.Resources.AuditEntry;
import org.godwit.protocol.rest.Resources.AuditHead;
import org.junit.jupiter.api.Test;

class AuditCheckTest {

    private final KeyPair authority = Pem.newKeyPair();
    private final List<AuditEntry> entries = chain(5, authority);
    private final AuditHead head = head(entries);

    @Test
    void aWholeAuditHolds() {
        AuditCheck check = check(entries, head);
        assertThat(check.number()).isEqualTo(5);
        assertThat(check.hash()).isEqualTo(head.hash());
        check(List.of(), new AuditHead(0, AuditChain.BEGINNING, ""));
    }

    @Test
    void anEntryThatWasChangedShows() {
        AuditEntry old = entries.get(2);
        entries.set(2, new AuditEntry(old.number(), old.at(), "operator:somebody-else", old.origin(), old.action(),
                old.outcome(), old.hash(), old.signature()));
        assertTampered("entry 3 has been changed");
    }

    @Test
    void aWordThatMovesFromOneFieldToTheNextShows() {
        AuditEntry old = entries.get(2);
        entries.set(2, new AuditEntry(old.number(), old.at(), old.actor() + old.origin(), "", old.action(),
                old.outcome(), old.hash(), old.signature()));
        assertTampered("entry 3 has been changed");
    }

    @Test
    void anEntryThatWasTakenOutShows() {
        entries.remove(2);
        assertTampered("entry 3 is missing");
    }

    @Test
    void anEntryThatWasPutInShows() {
        entries.add(2, entries.get(1));
        assertTampered("entry 3 is missing");
    }

    @Test
    void anotherChainWithoutTheAuthoritysKeyShows() {
        List<AuditEntry> forged = chain(5, Pem.newKeyPair());
        assertThatThrownBy(() -> check(forged, head(forged))).hasMessageContaining("entry 1 is not signed");
    }

    @Test
    void entriesThatAreMissingAtTheEndShow() {
        entries.removeLast();
        assertTampered("the entries after 4 are missing; the newest was 5");
    }

    @Test
    void evenWhenTheServerHasForgottenThemWhoeverHasNotedTheHeadSeesIt() {
        AuditCheck check = new AuditCheck(authority.getPublic());
        check.mustHold(5, head.hash());
        List<AuditEntry> earlier = entries.subList(0, 4);
        earlier.forEach(check::read);
        assertThatThrownBy(() -> check.end(head(earlier))).hasMessageContaining("entry 5, which was there before");
        AuditCheck other = new AuditCheck(authority.getPublic());
        other.mustHold(3, "0".repeat(64));
        assertThatThrownBy(() -> entries.forEach(other::read)).hasMessageContaining("entry 3 is not the one");
    }

    private void assertTampered(String sentence) {
        assertThatThrownBy(() -> check(entries, head)).isInstanceOf(CommandFailure.class)
                .hasMessageContaining("the audit does not hold").hasMessageContaining(sentence);
    }

    private AuditCheck check(List<AuditEntry> read, AuditHead newest) {
        AuditCheck check = new AuditCheck(authority.getPublic());
        read.forEach(check::read);
        check.end(newest);
        return check;
    }

    private static AuditHead head(List<AuditEntry> entries) {
        AuditEntry last = entries.getLast();
        return new AuditHead(last.number(), last.hash(), last.signature());
    }

    private static List<AuditEntry> chain(int length, KeyPair key) {
        List<AuditEntry> chain = new ArrayList<>();
        String hash = AuditChain.BEGINNING;
        for (int number = 1; number <= length; number++) {
            hash = AuditChain.hash(hash, number, "2026-11-21T20:00:00Z", "operator:alice", "::1", "POST /v1/sites",
                    "asked");
            chain.add(new AuditEntry(number, "2026-11-21T20:00:00Z", "operator:alice", "::1", "POST /v1/sites",
                    "asked", hash, AuditChain.sign(hash, key.getPrivate())));
        }
        return chain;
    }
}
