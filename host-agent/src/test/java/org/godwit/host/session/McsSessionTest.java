package org.godwit.host.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.Arm;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Done;
import org.godwit.protocol.agent.Hello;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.VmResumed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class McsSessionTest {

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final SessionOutbox outbox = new SessionOutbox();
    private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
    private FakeMcs mcs;
    private McsSession session;

    @BeforeEach
    void openSession() throws IOException {
        Files.writeString(folder.resolve("token"), FakeMcs.TOKEN + "\n");
        mcs = new FakeMcs(vertx);
        session = new McsSession(vertx, new McsAddress("::1", mcs.port()),
                Hello.newBuilder().setProtocolVersion(1).setHost("a1").build(), folder.resolve("token"), outbox,
                commands::add);
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
        assertThat(hello.getToken()).isEqualTo(FakeMcs.TOKEN);
        Command command = Command.newBuilder().setId("1").setArm(Arm.getDefaultInstance()).build();
        mcs.send(command);
        assertThat(commands.poll(10, TimeUnit.SECONDS)).isEqualTo(command);
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
    void aNoticeDoesNotWait() {
        outbox.tell(Notice.newBuilder().setVmResumed(VmResumed.getDefaultInstance()).build());
        outbox.deliver(done("1"));
        session.start();
        next(AgentFrame::hasHello);
        AgentFrame first = next(frame -> !frame.hasHeartbeat());
        assertThat(first.getOutcome()).isEqualTo(done("1"));
    }

    @Test
    void aTokenThatWasRefusedIsReadAnewAtTheNextAttempt() throws IOException {
        Files.writeString(folder.resolve("token"), "wrong");
        session.start();
        assertThat(next(AgentFrame::hasHello).getHello().getToken()).isEqualTo("wrong");
        Files.writeString(folder.resolve("token"), FakeMcs.TOKEN);
        assertThat(next(frame -> frame.getHello().getToken().equals(FakeMcs.TOKEN)).hasHello()).isTrue();
    }

    @Test
    void anAddressHasBracketsOrIsAName() {
        assertThat(McsAddress.parse("[2001:db8::1]:8443")).isEqualTo(new McsAddress("2001:db8::1", 8443));
        assertThat(McsAddress.parse("mcs.example:8443")).isEqualTo(new McsAddress("mcs.example", 8443));
        assertThat(new McsAddress("2001:db8::1", 8443)).hasToString("[2001:db8::1]:8443");
        assertThatThrownBy(() -> McsAddress.parse("2001:db8::1:8443")).hasMessageContaining("[2001:db8::1]:8443");
        assertThatThrownBy(() -> McsAddress.parse("mcs:99999")).hasMessageContaining("1 to 65535");
    }

    private static Outcome done(String id) {
        return Outcome.newBuilder().setCommandId(id).setDone(Done.getDefaultInstance()).build();
    }

    private void awaitOutbox(boolean open) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (outbox.isOpen() != open) {
            assertThat(System.nanoTime()).as("the session should have noticed").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private AgentFrame next(Predicate<AgentFrame> wanted) {
        try {
            while (true) {
                AgentFrame frame = mcs.frames().poll(15, TimeUnit.SECONDS);
                assertThat(frame).as("a frame within 15 s").isNotNull();
                if (wanted.test(frame)) {
                    return frame;
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
