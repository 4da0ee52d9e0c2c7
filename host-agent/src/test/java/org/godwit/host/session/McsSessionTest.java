package org.godwit.host.session;

import com.google.protobuf.ByteString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.godwit.host.command.DeedMemory;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.Arm;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Deed;
import org.godwit.protocol.agent.DeedKind;
import org.godwit.protocol.agent.Done;
import org.godwit.protocol.agent.EnrolRequest;
import org.godwit.protocol.agent.Hello;
import org.godwit.protocol.agent.McsFrame;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.Revocations;
import org.godwit.protocol.agent.VmResumed;
import org.godwit.protocol.identity.AccessToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class McsSessionTest {

    private static final long LIMIT_SECONDS = 60;

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private SessionOutbox outbox;
    private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
    private volatile Instant now = Instant.now();
    private FakeMcs mcs;
    private McsSession session;
    private final BlockingQueue<X509Certificate> installed = new LinkedBlockingQueue<>();
    private final BlockingQueue<X509CRL> refused = new LinkedBlockingQueue<>();
    private Optional<HypervisorCertificate> hypervisor = Optional.empty();

    @BeforeEach
    void openSession() throws IOException {
        outbox = new SessionOutbox(new DeedMemory(folder.resolve("deeds")));
        mcs = new FakeMcs(vertx);
        writeToken(mcs.token());
        session = session();
    }

    private McsSession session() {
        return new McsSession(vertx, new McsAddress("::1", mcs.port()),
                Hello.newBuilder().setProtocolVersion(1).setHost("a1").build(),
                new Credentials(folder.resolve("identity"), Optional.of(folder.resolve("token"))), hypervisor,
                () -> now, outbox,
                commands::add);
    }

    private void writeToken(String text) throws IOException {
        Files.writeString(folder.resolve("token"), text + "\n");
    }

    @AfterEach
    void closeSession() {
        session.close();
        vertx.close().await();
    }

    @Test
    void theAgentSaysWhoItIsAndTakesCommands() throws InterruptedException {
        session.start();
        Hello hello = next(AgentFrame::hasHello).getHello();
        assertThat(hello.getHost()).isEqualTo("a1");
        assertThat(mcs.shown()).hasSize(2);
        Command command = Command.newBuilder().setId("1").setArm(Arm.getDefaultInstance()).build();
        mcs.send(command);
        assertThat(commands.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(command);
        outbox.deliver(done("1"));
        assertThat(next(AgentFrame::hasOutcome).getOutcome()).isEqualTo(done("1"));
        next(AgentFrame::hasHeartbeat);
    }

    @Test
    void anOutcomeThatComesWhileTheMcsIsAwayIsDeliveredWhenItIsBackAndANoticeIsNot() {
        session.start();
        next(AgentFrame::hasHello);
        awaitOutbox(true);
        mcs.leave();
        awaitOutbox(false);
        outbox.tell(Notice.newBuilder().setVmResumed(VmResumed.getDefaultInstance()).build());
        outbox.deliver(done("1"));
        outbox.deliver(done("2"));
        mcs.comeBack();
        next(AgentFrame::hasHello);
        assertThat(next(frame -> !frame.hasHeartbeat()).getOutcome()).isEqualTo(done("1"));
        assertThat(next(AgentFrame::hasOutcome).getOutcome()).isEqualTo(done("2"));
    }

    @Test
    void whatWasDoneAloneIsToldUntilItIsRecordedAlsoByTheNextProcess() {
        Deed first = Deed.newBuilder().setVmUuid("v").setEpoch(3).setKind(DeedKind.DEED_UNSTAGE).setAtUs(1).build();
        outbox.report(first);
        outbox.report(first.toBuilder().setAtUs(2).build());
        session.start();
        next(AgentFrame::hasHello);
        assertThat(next(frame -> !frame.hasHeartbeat()).getDeed()).isEqualTo(first);
        Deed second = first.toBuilder().setKind(DeedKind.DEED_SETTLE).build();
        outbox.report(second);
        assertThat(next(AgentFrame::hasDeed).getDeed()).isEqualTo(second);
        mcs.send(McsFrame.newBuilder().setDeedRecorded(first).build());
        until("it should be forgotten",
                () -> new DeedMemory(folder.resolve("deeds")).kept().equals(List.of(second)));
        mcs.leave();
        mcs.comeBack();
        next(AgentFrame::hasHello);
        assertThat(next(AgentFrame::hasDeed).getDeed()).isEqualTo(second);
    }

    @Test
    void aNoticeDoesNotWait() {
        outbox.tell(Notice.newBuilder().setVmResumed(VmResumed.getDefaultInstance()).build());
        outbox.deliver(done("1"));
        session.start();
        next(AgentFrame::hasHello);
        AgentFrame first = next(frame -> !frame.hasHeartbeat());
        assertThat(first.getOutcome()).isEqualTo(done("1"));
    }

    @Test
    void aTokenThatIsRefusedIsNotShownAgainAndAnotherIs() throws Exception {
        String stale = AccessToken.make(AccessToken.parse(mcs.token()).authority(), new SecureRandom()).text();
        writeToken(stale);
        session.start();
        assertThat(enrolment().getToken()).isEqualTo(stale);
        String good = mcs.token();
        writeToken(good);
        assertThat(enrolment().getToken()).isEqualTo(good);
        assertThat(next(AgentFrame::hasHello).hasHello()).isTrue();
    }

    @Test
    void aTokenIsUsedOnceAndThenTheCertificateServes() throws Exception {
        session.start();
        next(AgentFrame::hasHello);
        mcs.leave();
        mcs.comeBack();
        next(AgentFrame::hasHello);
        assertThat(mcs.enrolments()).hasSize(1);
        assertThat(secrets()).containsExactly("identity.pem rw-------");
        writeToken(mcs.token());
        mcs.leave();
        mcs.comeBack();
        next(AgentFrame::hasHello);
        assertThat(mcs.enrolments()).as("a new token, a new certificate").hasSize(2);
    }

    @Test
    void aTokenForAnotherServerIsNotToldToThisOne() throws Exception {
        try (FakeMcs other = new FakeMcs(vertx)) {
            writeToken(other.token());
            session.start();
            until("an attempt", () -> Files.exists(folder.resolve("identity/enrolling.pem")));
            writeToken(mcs.token());
            next(AgentFrame::hasHello);
            assertThat(mcs.enrolments()).hasSize(1);
            assertThat(other.enrolments()).isEmpty();
        }
    }

    @Test
    void aCertificateIsRenewedAfterTwoThirdsOfItsLifeAndTheSessionGoesOn() throws Exception {
        session.start();
        next(AgentFrame::hasHello);
        String first = Files.readString(folder.resolve("identity/identity.pem"));
        next(AgentFrame::hasHeartbeat);
        assertThat(Files.readString(folder.resolve("identity/identity.pem"))).isEqualTo(first);
        now = now.plus(Duration.ofMinutes(41));
        next(AgentFrame::hasCertificateRequest);
        assertThat(outbox.isOpen()).isTrue();
        until("a new certificate on disk",
                () -> !Files.readString(folder.resolve("identity/identity.pem")).equals(first));
        mcs.leave();
        mcs.comeBack();
        next(AgentFrame::hasHello);
        assertThat(((X509Certificate) mcs.shown().getFirst()).getSubjectX500Principal().getName())
                .isEqualTo("CN=renewed");
        assertThat(mcs.enrolments()).hasSize(1);
    }

    @Test
    void aRenewalThatIsNotAnsweredIsAskedForAgainInTheSameSession() throws Exception {
        session.start();
        next(AgentFrame::hasHello);
        String first = Files.readString(folder.resolve("identity/identity.pem"));
        mcs.certifyNothing(true);
        now = now.plus(Duration.ofMinutes(41));
        AgentFrame asked = next(AgentFrame::hasCertificateRequest);
        mcs.certifyNothing(false);
        now = now.plus(Duration.ofMinutes(1));
        assertThat(next(AgentFrame::hasCertificateRequest)).isEqualTo(asked);
        until("a new certificate on disk",
                () -> !Files.readString(folder.resolve("identity/identity.pem")).equals(first));
    }

    @Test
    void libvirtsCertificateIsGotInASessionAndRenewedForTheSameKey() throws Exception {
        openSessionForHypervisor("qemu+tls://[::1]/system");
        X509Certificate first = installed.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertThat(first.getSubjectX500Principal().getName()).isEqualTo("CN=hypervisor");
        assertThat(secrets()).containsExactlyInAnyOrder("hypervisor.pem rw-------", "identity.pem rw-------");
        now = now.plus(Duration.ofMinutes(81));
        X509Certificate second = another(first);
        assertThat(second.getPublicKey()).isEqualTo(first.getPublicKey());
        writeToken(mcs.token());
        mcs.leave();
        mcs.comeBack();
        assertThat(another(second).getPublicKey()).as("enrolled anew").isNotEqualTo(first.getPublicKey());
    }

    @Test
    void libvirtsCertificateIsMadeAnewWhenTheHostIsReachedElsewhere() throws Exception {
        openSessionForHypervisor("qemu+tls://[::1]/system");
        X509Certificate first = installed.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        session.close();
        openSessionForHypervisor("qemu+tls://[2001:db8::1]/system");
        assertThat(another(first)).isNotNull();
    }

    @Test
    void libvirtsCertificateIsAskedForAgainForTheSameKey() throws Exception {
        mcs.certifyNothing(true);
        openSessionForHypervisor("qemu+tls://[::1]/system");
        AgentFrame asked = next(AgentFrame::hasCertificateRequest);
        mcs.send(revocations(mcs.authority().revocations()));
        assertThat(next(AgentFrame::hasCertificateRequest)).isEqualTo(asked);
    }

    @Test
    void libvirtIsToldWhomToRefuseByItsOwnAuthorityAndByNoOther() throws Exception {
        openSessionForHypervisor("qemu+tls://[::1]/system");
        installed.take();
        mcs.send(revocations(new FakeAuthority().revocations()));
        X509CRL list = mcs.authority().revocations();
        mcs.send(revocations(list));
        assertThat(refused.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(list);
    }

    private static McsFrame revocations(X509CRL list) throws CRLException {
        return McsFrame.newBuilder()
                .setRevocations(Revocations.newBuilder().setList(ByteString.copyFrom(list.getEncoded()))).build();
    }

    private void openSessionForHypervisor(String libvirtUri) {
        hypervisor = Optional.of(new HypervisorCertificate(folder.resolve("identity"), libvirtUri,
                (_, own, _, list) -> {
                    installed.add(own);
                    list.ifPresent(refused::add);
                }));
        session = session();
        session.start();
    }

    /** What is installed already is installed again at each look. */
    private X509Certificate another(X509Certificate before) throws InterruptedException {
        X509Certificate next = before;
        while (next != null && next.equals(before)) {
            next = installed.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
        return next;
    }

    @Test
    void anAddressHasBracketsOrIsAName() {
        assertThat(McsAddress.parse("[2001:db8::1]:8443")).isEqualTo(new McsAddress("2001:db8::1", 8443));
        assertThat(McsAddress.parse("mcs.example:8443")).isEqualTo(new McsAddress("mcs.example", 8443));
        assertThat(new McsAddress("2001:db8::1", 8443)).hasToString("[2001:db8::1]:8443");
        assertThatThrownBy(() -> McsAddress.parse("2001:db8::1:8443")).hasMessageContaining("[2001:db8::1]:8443");
        assertThatThrownBy(() -> McsAddress.parse("mcs:99999")).hasMessageContaining("1 to 65535");
    }

    private List<String> secrets() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("identity"))) {
            return files.map(file -> file.getFileName() + " " + permissions(file)).toList();
        }
    }

    private static String permissions(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EnrolRequest enrolment() throws InterruptedException {
        EnrolRequest request = mcs.enrolments().poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertThat(request).as("an enrolment in time").isNotNull();
        return request;
    }

    private static Outcome done(String id) {
        return Outcome.newBuilder().setCommandId(id).setDone(Done.getDefaultInstance()).build();
    }

    private void awaitOutbox(boolean open) {
        until("the session should have noticed", () -> outbox.isOpen() == open);
    }

    private interface Check {
        boolean holds() throws IOException;
    }

    private static void until(String what, Check check) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        try {
            while (!check.holds()) {
                assertThat(System.nanoTime()).as(what).isLessThan(deadline);
                Thread.onSpinWait();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private AgentFrame next(Predicate<AgentFrame> wanted) {
        try {
            while (true) {
                AgentFrame frame = mcs.frames().poll(LIMIT_SECONDS, TimeUnit.SECONDS);
                assertThat(frame).as("a frame in time").isNotNull();
                if (wanted.test(frame)) {
                    return frame;
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
