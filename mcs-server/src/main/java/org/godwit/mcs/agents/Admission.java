package org.godwit.mcs.agents;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets connections in a few at a time, in the order in which they came; the others wait, accepted but unread. Of thousands of
 * agents that dial at once, as after a restart, the first ones would otherwise not be done before their time was over, since all
 * handshakes go on together; they would dial again, and what was done for them would have been in vain.
 *
 * <p>To wait costs a file descriptor. To be told to come again would cost a handshake, which is what there is too little time
 * for; so nobody is refused but by hanging up, when there are too many even to wait. Whoever was let in and says nothing loses
 * his place, not his connection: silent clients slow the others down, they do not keep them out.
 *
 * <p>Lives in the pipeline of a listening socket, on its event loop.
 */
final class Admission extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    /**
     * @param openingMax so many may be between their first byte and their welcome, or the refusal, at a time
     * @param openingTimeMax after which one that is still about it is not counted any more
     * @param waitingMax so many may wait; more are hung up on
     * @param waitingTimeMax for so long; less than an agent's own patience, so that nobody is let in who has given up
     */
    record Limits(int openingMax, Duration openingTimeMax, int waitingMax, Duration waitingTimeMax) {

        /** Agents have two minutes of patience. */
        static final Limits DEFAULT = new Limits(128, Duration.ofSeconds(3), 20_000, Duration.ofSeconds(100));

        Limits {
            if (openingMax < 1 || waitingMax < 0) {
                throw new IllegalArgumentException("at least one must be let in, got " + openingMax + " and "
                        + waitingMax + " that wait");
            }
        }
    }

    private final Limits limits;
    private final Set<Channel> waiting = new LinkedHashSet<>();
    /** By where they come from. */
    private final Map<String, Channel> opening = new HashMap<>();
    private volatile ChannelHandlerContext listening;
    private volatile int waitingNow;

    Admission(Limits limits) {
        this.limits = limits;
    }

    /** How many have not been let in yet. From any thread. */
    int waiting() {
        return waitingNow;
    }

    /** Whoever comes from there has been served, or refused: it is the next one's turn. From any thread. */
    void opened(SocketAddress from) {
        String key = key(from.hostAddress(), from.port());
        listening.executor().execute(() -> free(key, opening.get(key)));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        listening = context;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        Channel connection = (Channel) accepted;
        if (opening.size() < limits.openingMax()) {
            letIn(connection);
        } else if (waiting.size() < limits.waitingMax()) {
            hold(connection);
        } else {
            hangUp(connection, "too many agents dial at once");
        }
    }

    private void hold(Channel connection) {
        if (waiting.isEmpty()) {
            LOG.info("more than {} agents dial at once: the others wait for their turn", limits.openingMax());
        }
        waiting.add(connection);
        waitingNow = waiting.size();
        after(limits.waitingTimeMax(), () -> {
            if (waiting.remove(connection)) {
                waitingNow = waiting.size();
                hangUp(connection, "it has waited for " + limits.waitingTimeMax().toSeconds() + " s");
            }
        });
    }

    private void letIn(Channel connection) {
        if (!(connection.remoteAddress() instanceof InetSocketAddress from)) {
            hangUp(connection, "it has gone already");
            return;
        }
        String key = key(from.getAddress().getHostAddress(), from.getPort());
        opening.put(key, connection);
        connection.closeFuture().addListener(_ -> listening.executor().execute(() -> free(key, connection)));
        after(limits.openingTimeMax(), () -> free(key, connection));
        listening.fireChannelRead(connection);
    }

    private void free(String key, Channel connection) {
        if (connection == null || !opening.remove(key, connection)) {
            return;
        }
        while (opening.size() < limits.openingMax() && !waiting.isEmpty()) {
            Iterator<Channel> first = waiting.iterator();
            Channel next = first.next();
            first.remove();
            letIn(next);
        }
        waitingNow = waiting.size();
    }

    private void after(Duration time, Runnable task) {
        listening.executor().schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void hangUp(Channel connection, String reason) {
        LOG.debug("agent={} is not let in: {}", connection.remoteAddress(), reason);
        // No event loop has it yet.
        connection.unsafe().closeForcibly();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        waiting.forEach(connection -> hangUp(connection, "the server ends"));
        waiting.clear();
        context.fireChannelInactive();
    }

    private static String key(String address, int port) {
        return address + " " + port;
    }
}
