package org.godwit.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.godwit.protocol.guest.GuestAnswer;
import org.godwit.protocol.guest.GuestCall;
import org.godwit.protocol.guest.GuestCodec;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.protocol.guest.GuestRequest;

/** The host's end of the channel to an agent that runs as a process. */
final class HostOfAgent {

    private final Testbed testbed;
    private final Process agent;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private long id = 100;

    private HostOfAgent(Testbed testbed, Process agent) {
        this.testbed = testbed;
        this.agent = agent;
        BufferedReader reader = agent.inputReader(UTF_8);
        Thread.ofVirtual().start(() -> reader.lines().forEach(answers::add));
    }

    static HostOfAgent start(Testbed testbed, String... options) throws IOException {
        String[] arguments = new String[options.length + 2];
        arguments[0] = "--channel";
        arguments[1] = "-";
        System.arraycopy(options, 0, arguments, 2, options.length);
        return new HostOfAgent(testbed, testbed.agent(arguments));
    }

    GuestReply ask(GuestRequest request) throws Exception {
        agent.getOutputStream().write(GuestCodec.encode(new GuestCall(++id, request)));
        agent.getOutputStream().flush();
        String line = answers.poll(30, TimeUnit.SECONDS);
        assertThat(line).as("answer to " + request + "; log: " + testbed.log()).isNotNull();
        GuestAnswer answer = GuestCodec.decodeAnswer(line.getBytes(UTF_8));
        assertThat(answer.id()).isEqualTo(id);
        return answer.reply();
    }

    /** As by {@code kill -9}. The agent runs in place of the {@code ip} that started it. */
    void kill() throws InterruptedException {
        assertThat(agent.destroyForcibly().waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).isEqualTo(128 + 9);
    }
}
