package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.godwit.model.MobileAddress;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A VM at its old place and at its new one, both at once, as before and after a pause.
 *
 * <pre>
 *   peer --- router --- uplink [br-site] tap --- old
 *                   --------------------------- new
 * </pre>
 */
@Tag("netns")
class RelayTest {

    private static final MobileAddress OLD = MobileAddress.of("2001:db8:a::10");
    private static final MobileAddress NEW = MobileAddress.of("2001:db8:b::10");
    private static final MobileAddress ROUTER_A = MobileAddress.of("2001:db8:a::1");
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int PORT = 7008;
    private static final int PATIENCE_MS = 15_000;
    private static final int QUIET_MS = 500;

    private final Deque<AutoCloseable> undo = new ArrayDeque<>();
    private Namespace peer;
    private Namespace router;
    private Namespace host;
    private Namespace atOld;
    private Namespace atNew;
    private DatagramChannel sender;
    private DatagramChannel old;
    private DatagramChannel landed;
    private KernelRelay relay;
    private int sent;

    @BeforeAll
    static void needs() {
        Tier.NETNS.needs(Needs.lackForNetwork());
    }

    @BeforeEach
    void connect() {
        peer = namespace("peer");
        router = namespace("router");
        host = namespace("host");
        atOld = namespace("old");
        atNew = namespace("new");
        router.run("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
        link(router, "site-c", "2001:db8:c::1", peer, "eth0", "2001:db8:c::20");
        link(router, "site-b", "2001:db8:b::1", atNew, "eth0", NEW.toString());
        router.ip("link add site-a type veth peer name uplink netns " + host.name(),
                "address add " + ROUTER_A + "/64 dev site-a nodad", "link set site-a up");
        host.ip("link add br-site type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
                "link add tap type veth peer name eth0 netns " + atOld.name(), "link set uplink master br-site up",
                "link set tap master br-site up", "address add 2001:db8:a::a/64 dev br-site nodad",
                "link set br-site up", "route add default via " + ROUTER_A);
        atOld.ip("address add " + OLD + "/64 dev eth0 nodad", "link set eth0 up", "route add default via " + ROUTER_A);
        sender = peer.call(() -> open(null));
        old = atOld.call(() -> open(new InetSocketAddress(OLD.address().toInetAddress(), PORT)));
        landed = atNew.call(() -> open(new InetSocketAddress(NEW.address().toInetAddress(), PORT)));
        relay = KernelRelay.load();
        undo.push(relay);
        attach();
        // Links come up by and by, and what waits for a neighbour is given up after three seconds.
        List<Integer> arrived = List.of();
        for (int attempt = 0; attempt < 3 && !arrived.equals(List.of(0)); attempt++) {
            sent = 0;
            send(1);
            arrived = take(old, 1);
        }
        assertThat(arrived).as("the way to the old place").containsExactly(0);
    }

    @AfterEach
    void disconnect() throws Exception {
        while (!undo.isEmpty()) {
            undo.pop().close();
        }
    }

    @Test
    void everyPacketGoesToBothPlacesWithTheSameStamp() {
        countLabels(atOld);
        countLabels(atNew);
        copy();
        send(3);

        assertThat(take(old, 3)).containsExactly(1, 2, 3);
        assertThat(take(landed, 3)).containsExactly(1, 2, 3);
        for (Namespace place : List.of(atOld, atNew)) {
            String counted = place.output("nft", "list", "table", "ip6", "labels");
            for (int number = 0; number < 3; number++) {
                assertThat(counted)
                        .containsPattern("flowlabel " + (Packets.STAMPED + number) + " counter packets 1 ");
            }
        }
        assertThat(traffic().packets()).isEqualTo(3);
        assertThat(traffic().escaped()).isZero();
        assertThat(traffic().idle()).hasValueSatisfying(idle -> assertThat(idle).isPositive().isLessThan(LONG));
    }

    @Test
    void aVmThatHasLeftGetsItsPacketsAtTheNewPlaceOnly() {
        copy();
        host.call(() -> {
            relay.move(OLD, LONG);
            return null;
        });
        host.ip("link delete tap");
        send(3);

        assertThat(take(landed, 3)).containsExactly(1, 2, 3);
    }

    @Test
    void whatIsBigOrOfOtherProtocolsArrivesWhole() {
        // A neighbour that does not answer at once would lose fragments: the way to the new place is made known first.
        atNew.run("ping", "-c", "1", "-w", "10", "2001:db8:b::1");
        host.run("ping", "-c", "1", "-w", "10", ROUTER_A.toString());
        copy();
        assertThat(peer.output("ping", "-c", "3", "-i", "0.2", "-s", "8000", "-W", "5", OLD.toString()))
                .contains(" 0% packet loss");
        for (int waited = 0; waited < PATIENCE_MS && !received("Icmp6InEchos").equals("3"); waited += QUIET_MS) {
            take(old, 0);
        }
        assertThat(traffic().packets()).as("fragments of three echo requests").isGreaterThanOrEqualTo(18);
        assertThat(received("Icmp6InEchos")).isEqualTo("3");
        assertThat(received("Ip6ReasmOKs")).isEqualTo("3");
        assertThat(received("Icmp6InCsumErrors")).isEqualTo("0");
    }

    @Test
    void whatIsNotForTheAddressIsLeftAlone() {
        copy();
        assertThat(peer.output("ping", "-c", "2", "-i", "0.2", "-W", "5", "2001:db8:a::a")).contains(" 0% packet loss");
        // Neighbour discovery speaks to the old MoA too: the router looks whether the VM is still there.
        router.ip("neighbour flush dev site-a");
        send(1);

        assertThat(take(old, 1)).containsExactly(1);
        assertThat(take(landed, 1)).containsExactly(1);
        assertThat(traffic().packets()).isEqualTo(1);
    }

    @Test
    void aSpentHopLimitIsNotRelayed() {
        copy();
        assertThat(atNewPingsWithHopLimit(2)).as("one hop to the host: the copy may not go on").isZero();
        assertThat(traffic().escaped()).isPositive();
        assertThat(atNewPingsWithHopLimit(5)).isPositive();
    }

    @Test
    void endedMeansEndedAndTheRestGoesOn() {
        copy();
        host.call(() -> {
            relay.end(OLD);
            relay.end(OLD);
            return null;
        });
        send(2);

        assertThat(take(old, 2)).containsExactly(1, 2);
        assertThat(quiet(landed)).isTrue();
        assertThat(relay.traffic(OLD)).isEmpty();
    }

    @Test
    void theKernelEndsItWhenNobodyElseDoes() {
        host.call(() -> {
            relay.copy(OLD, NEW, "br-site", Duration.ZERO);
            return null;
        });
        send(2);

        assertThat(take(old, 2)).containsExactly(1, 2);
        assertThat(quiet(landed)).isTrue();
    }

    @Test
    void aSuccessorRemovesWhatAnEarlierProcessLeft() {
        copy();
        relay.close();
        undo.remove(relay);
        send(1);
        assertThat(take(landed, 1)).as("it outlives its process").containsExactly(1);

        host.call(() -> {
            KernelRelay.detachAll();
            KernelRelay.detachAll();
            return null;
        });
        send(1);
        assertThat(take(old, 2)).containsExactly(1, 2);
        assertThat(quiet(landed)).isTrue();
        assertThat(host.output("tc", "filter", "show", "dev", "uplink", "ingress")).isEmpty();
    }

    @Test
    void thereIsRoomForSoManyAndNoMore() {
        List<MobileAddress> many = IntStream.range(0, KernelRelay.ENTRIES_MAX)
                .mapToObj(i -> MobileAddress.of("2001:db8:a::1:" + Integer.toHexString(i))).toList();
        host.call(() -> {
            many.forEach(from -> relay.copy(from, NEW, "br-site", LONG));
            return null;
        });

        assertThatThrownBy(this::copy).isInstanceOf(ShimException.class);
        assertThat(relay.traffic(OLD)).as("nothing half made").isEmpty();
        relay.end(many.getFirst());
        copy();
    }

    @Test
    void theContractIsThatOfTheHeader(@TempDir Path folder) throws IOException {
        Path object = folder.resolve("relay.bpf.o");
        try (InputStream resource = KernelRelay.class.getResourceAsStream("relay.bpf.o")) {
            Files.copy(resource, object);
        }
        Btf btf = new Btf(object);
        assertThat(btf.offsets("relay")).isEqualTo(Map.of("to", KernelRelay.RELAY_TO, "until_ns",
                KernelRelay.RELAY_UNTIL, "interface_index", KernelRelay.RELAY_INTERFACE_INDEX, "mode",
                KernelRelay.RELAY_MODE));
        assertThat(btf.offsets("relay_traffic")).containsAllEntriesOf(Map.of("packets", KernelRelay.TRAFFIC_PACKETS,
                "escaped", KernelRelay.TRAFFIC_ESCAPED, "last_ns", KernelRelay.TRAFFIC_LAST));
        assertThat(btf.structBytes("relay")).isEqualTo(KernelRelay.RELAY_BYTES);
        assertThat(btf.structBytes("relay_traffic")).isEqualTo(KernelRelay.TRAFFIC_BYTES);
        assertThat(btf.enumerators("relay_mode"))
                .isEqualTo(Map.of("RELAY_COPY", KernelRelay.MODE_COPY, "RELAY_MOVE", KernelRelay.MODE_MOVE));
    }

    private Namespace namespace(String role) {
        Namespace namespace = new Namespace(role);
        undo.push(namespace);
        return namespace;
    }

    private static void link(Namespace left, String leftName, String leftAddress, Namespace right, String rightName,
            String rightAddress) {
        left.ip("link add " + leftName + " type veth peer name " + rightName + " netns " + right.name(),
                "address add " + leftAddress + "/64 dev " + leftName + " nodad", "link set " + leftName + " up");
        right.ip("address add " + rightAddress + "/64 dev " + rightName + " nodad", "link set " + rightName + " up",
                "route add default via " + leftAddress);
    }

    private DatagramChannel open(InetSocketAddress local) throws IOException {
        DatagramChannel channel = DatagramChannel.open().bind(local);
        undo.push(channel);
        return channel;
    }

    private void attach() {
        host.call(() -> {
            relay.attach(List.of("uplink", "absent"));
            relay.attach(List.of("uplink"));
            return null;
        });
    }

    /** A counter of the kernel at the new place. */
    private String received(String counter) {
        return atNew.output("nstat", "-asz", counter).lines().filter(line -> line.startsWith(counter))
                .map(line -> line.split("\\s+")[1]).findFirst().orElseThrow();
    }

    private void copy() {
        host.call(() -> {
            relay.copy(OLD, NEW, "br-site", LONG);
            return null;
        });
    }

    private KernelRelay.Traffic traffic() {
        return relay.traffic(OLD).orElseThrow();
    }

    private static void countLabels(Namespace place) {
        StringBuilder rules = new StringBuilder("table ip6 labels {\nchain in {\ntype filter hook input priority 0;\n");
        for (int number = 0; number < 3; number++) {
            rules.append("ip6 flowlabel ").append(Packets.STAMPED + number).append(" counter\n");
        }
        place.run("nft", rules.append("}\n}\n").toString());
    }

    private int atNewPingsWithHopLimit(int hops) {
        String before = atNew.output("nstat", "-asz", "Icmp6InEchos");
        peer.call(() -> {
            // The echo of the old place proves that the original has passed; then the copy has been decided on, too.
            assertThat(Command.output("ping", "-c", "1", "-t", Integer.toString(hops), "-W", "5", OLD.toString()))
                    .contains(" 0% packet loss");
            return null;
        });
        send(1);
        take(old, 1);
        take(landed, 1);
        return echoes(atNew.output("nstat", "-asz", "Icmp6InEchos")) - echoes(before);
    }

    private static int echoes(String nstat) {
        return Integer.parseInt(nstat.replaceAll("(?s).*Icmp6InEchos +(\\d+).*", "$1"));
    }

    private void send(int count) {
        try {
            for (int i = 0; i < count; i++) {
                sender.send(ByteBuffer.allocate(Integer.BYTES).putInt(0, sent++),
                        new InetSocketAddress(OLD.address().toInetAddress(), PORT));
            }
        } catch (IOException e) {
            throw new AssertionError("datagram " + sent + " cannot be sent", e);
        }
    }

    /** Waits for so many; -1 stands for one that did not come. */
    private static List<Integer> take(DatagramChannel channel, int count) {
        List<Integer> numbers = new ArrayList<>();
        while (numbers.size() < count) {
            numbers.add(receive(channel, PATIENCE_MS));
        }
        return numbers;
    }

    private static boolean quiet(DatagramChannel channel) {
        return receive(channel, QUIET_MS) < 0;
    }

    private static int receive(DatagramChannel channel, int patienceMs) {
        try {
            channel.socket().setSoTimeout(patienceMs);
            DatagramPacket packet = new DatagramPacket(new byte[16], 16);
            channel.socket().receive(packet);
            return ByteBuffer.wrap(packet.getData()).getInt();
        } catch (SocketTimeoutException quiet) {
            return -1;
        } catch (IOException e) {
            throw new AssertionError("cannot be received", e);
        }
    }
}
