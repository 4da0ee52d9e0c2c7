package org.godwit.host.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.godwit.host.command.DeedMemory;
import org.godwit.host.command.Outbox;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.Deed;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;

/**
 * Keeps outcomes while there is no session. What a dying session swallowed, the MCS asks for again by the command's id; what was
 * done alone it cannot ask for, so that is said until it is recorded.
 */
public final class SessionOutbox implements Outbox {

    private static final int WAITING_MAX = 1024;

    private final Deque<AgentFrame> waiting = new ArrayDeque<>();
    private final DeedMemory deeds;
    private Optional<Consumer<AgentFrame>> session = Optional.empty();

    public SessionOutbox(DeedMemory deeds) {
        this.deeds = deeds;
    }

    @Override
    public synchronized void deliver(Outcome outcome) {
        AgentFrame frame = AgentFrame.newBuilder().setOutcome(outcome).build();
        if (session.isPresent()) {
            session.get().accept(frame);
            return;
        }
        if (waiting.size() == WAITING_MAX) {
            waiting.removeFirst();
        }
        waiting.addLast(frame);
    }

    @Override
    public synchronized void tell(Notice notice) {
        session.ifPresent(open -> open.accept(AgentFrame.newBuilder().setNotice(notice).build()));
    }

    @Override
    public synchronized void report(Deed deed) {
        if (deeds.keep(deed)) {
            session.ifPresent(open -> open.accept(frame(deed)));
        }
    }

    /** The MCS has it on its disk. Writes to ours. */
    void recorded(Deed deed) {
        deeds.forget(deed);
    }

    private static AgentFrame frame(Deed deed) {
        return AgentFrame.newBuilder().setDeed(deed).build();
    }

    /** From now on frames go here, those that waited first. The consumer must return at once. */
    synchronized void open(Consumer<AgentFrame> frames) {
        List<AgentFrame> waited = new ArrayList<>(waiting);
        waiting.clear();
        session = Optional.of(frames);
        waited.forEach(frames);
        deeds.kept().forEach(deed -> frames.accept(frame(deed)));
    }

    /** Whether frames go to a session, as far as has been noticed. */
    public synchronized boolean isOpen() {
        return session.isPresent();
    }

    synchronized void close() {
        session = Optional.empty();
    }
}
