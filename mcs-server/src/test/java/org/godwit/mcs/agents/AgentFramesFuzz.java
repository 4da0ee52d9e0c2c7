package org.godwit.mcs.agents;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.godwit.model.Name;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.CopyProgress;
import org.godwit.protocol.agent.Done;
import org.godwit.protocol.agent.Heartbeat;
import org.godwit.protocol.agent.Hello;
import org.godwit.protocol.agent.McsFrame;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.VmPaused;

/** Frames of a host's session, one after the other, each behind its length. Only the host's own commands may be answered. */
public final class AgentFramesFuzz {

    private static final Name HOST = Name.of("host-a");
    private static final Name OTHER = Name.of("host-b");
    private static final UUID VM = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final String OWN = "1";
    private static final String FOREIGN = "2";
    private static final AgentSessions.Session SILENT = new AgentSessions.Session() {
        @Override
        public void send(McsFrame frame) {}

        @Override
        public void end(String reason) {}
    };

    private AgentFramesFuzz() {}

    static List<byte[]> seeds() {
        AgentFrame own = AgentFrame.newBuilder()
                .setOutcome(Outcome.newBuilder().setCommandId(OWN).setDone(Done.getDefaultInstance())).build();
        AgentFrame foreign = AgentFrame.newBuilder()
                .setOutcome(Outcome.newBuilder().setCommandId(FOREIGN).setDone(Done.getDefaultInstance())).build();
        AgentFrame progress = AgentFrame.newBuilder().setNotice(Notice.newBuilder().setVmUuid(VM.toString())
                .setCommandId(OWN).setCopyProgress(CopyProgress.newBuilder().setBytesTotal(7))).build();
        AgentFrame paused = AgentFrame.newBuilder().setNotice(
                Notice.newBuilder().setVmUuid(VM.toString()).setVmPaused(VmPaused.getDefaultInstance())).build();
        AgentFrame beat = AgentFrame.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build();
        AgentFrame hello = AgentFrame.newBuilder().setHello(Hello.newBuilder().setHost(OTHER.text())).build();
        return List.of(bytes(beat, progress, paused, own), bytes(hello, foreign), bytes(foreign, own, own));
    }

    private static byte[] bytes(AgentFrame... frames) {
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            for (AgentFrame frame : frames) {
                frame.writeDelimitedTo(out);
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
        try (AgentSessions sessions = new AgentSessions(Duration.ofMinutes(1), System::nanoTime)) {
            sessions.opened(HOST, SILENT);
            sessions.opened(OTHER, SILENT);
            CompletableFuture<Outcome> own = sessions.perform(HOST, command(OWN), _ -> {});
            CompletableFuture<Outcome> foreign = sessions.perform(OTHER, command(FOREIGN), _ -> {});
            try (Agents.Watch _ = sessions.watch(HOST, VM, _ -> {})) {
                CodedInputStream in = CodedInputStream.newInstance(bytes);
                while (!in.isAtEnd()) {
                    sessions.received(HOST, AgentFrame.parseFrom(in.readByteArray()));
                }
            } catch (InvalidProtocolBufferException e) {
                // gRPC ends the stream.
            }
            if (foreign.isDone() || own.isDone() && !own.join().getCommandId().equals(OWN)) {
                throw new IllegalStateException("a command is answered by who was not asked");
            }
        }
    }

    private static Command command(String id) {
        return Command.newBuilder().setId(id).setVmUuid(VM.toString()).setEpoch(1).build();
    }
}
