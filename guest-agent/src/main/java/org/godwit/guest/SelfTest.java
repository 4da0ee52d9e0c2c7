package org.godwit.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Silences;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.guest.FlipTrigger;
import org.godwit.protocol.guest.GuestAnswer;
import org.godwit.protocol.guest.GuestCall;
import org.godwit.protocol.guest.GuestCodec;
import org.godwit.protocol.guest.GuestLineException;
import org.godwit.protocol.guest.GuestReply.Done;
import org.godwit.protocol.guest.GuestReply.GuestStatus;
import org.godwit.protocol.guest.GuestReply.Settled;
import org.godwit.protocol.guest.GuestReply.Staged;
import org.godwit.protocol.guest.GuestRequest;
import org.godwit.protocol.guest.GuestRequest.Arm;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.guest.GuestRequest.Settle;
import org.godwit.protocol.guest.GuestRequest.Stage;
import org.godwit.protocol.guest.GuestRequest.Status;
import org.godwit.protocol.guest.GuestRequest.Unstage;
import org.godwit.protocol.guest.ImsKey;
import org.godwit.protocol.lisp.Mapping;

/**
 * Walks once through the code that a guest needs, without root and without sending anything. The image builder records an
 * AOT cache of the classes that this loads; an operator learns whether the agent can run at all.
 */
final class SelfTest {

    private static final List<String> NATIVE = List.of("org.godwit.shim.Libc", "org.godwit.shim.Libbpf",
            "org.godwit.shim.KernelDataPlane");

    private static final Inet6Address LOOPBACK = (Inet6Address) InetAddress.ofLiteral("::1");

    private SelfTest() {}

    /** @return false when a part failed; the log says which */
    static boolean run(Interfaces interfaces, Mappings.Opener mappingServer, LineLog log) {
        boolean well = true;
        try {
            MacAddress mac = MacAddress.of("52:54:00:00:00:01");
            Gateway gateway = new Gateway(LinkLocalAddress.of("fe80::b1"), mac, SitePrefix.of("2001:db8:b::/64"));
            Enrol identity = new Enrol(HomeAddress.of("2001:db8:face::1"), SitePrefix.of("2001:db8:face::/64"),
                    LOOPBACK,
                    4342, new ImsKey("00".repeat(32)));
            channel(interfaces, mappingServer, log, gateway, identity);
            answers(gateway);
            memory(gateway, identity);
            tables();
            log.line("self_test", "interfaces", interfaces.nics().size(), "uplink_address",
                    interfaces.address("lo", identity.hoaSpace(), Duration.ZERO).isPresent());
            mappings(mappingServer, identity);
        } catch (IOException | GuestLineException | InterfacesException e) {
            log.line("self_test_failed", "reason", e);
            well = false;
        }
        for (String name : NATIVE) {
            try {
                Class.forName(name);
            } catch (ClassNotFoundException | LinkageError e) {
                // Not a failure of the agent: the machine where an image is built need not have libbpf.
                log.line("self_test_lacks", "class", name, "reason", e.getCause() == null ? e : e.getCause());
            }
        }
        return well;
    }

    /** Every request through the channel, to an agent that was not enrolled. */
    private static void channel(Interfaces interfaces, Mappings.Opener mappingServer, LineLog log, Gateway gateway,
            Enrol identity) throws IOException, GuestLineException {
        List<GuestRequest> requests = List.of(new Status(), new Stage(gateway.mac(), gateway, new Epoch(1)),
                new Arm(new Epoch(1)), new Settle(new Epoch(1)), new Unstage(new Epoch(1)));
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (int i = 0; i < requests.size(); i++) {
            lines.write(GuestCodec.encode(new GuestCall(i + 1, requests.get(i))));
        }
        lines.write("no message\n".getBytes(US_ASCII));
        GuestAgent agent = new GuestAgent(interfaces, (_, _) -> {
            throw new AssertionError("a self test installs nothing");
        }, mappingServer, Epochs.FORGOTTEN, () -> 0, log);
        new HostChannel(agent::answer, () -> false, log).serve(new ByteArrayInputStream(lines.toByteArray()),
                new ByteArrayOutputStream());
        byte[] enrolment = GuestCodec.encode(new GuestCall(9, identity));
        GuestCodec.decodeCall(new String(enrolment, US_ASCII).strip().getBytes(US_ASCII));
    }

    private static void answers(Gateway gateway) {
        MobileAddress moa = gateway.prefix().addressOf(gateway.mac());
        GuestCodec.encode(new GuestAnswer(1, new Staged(moa, gateway.mac(), gateway.mac().linkLocal())));
        GuestCodec.encode(new GuestAnswer(2, new Settled(moa, FlipTrigger.RECEIVED, Silences.UNKNOWN)));
        GuestCodec.encode(new GuestAnswer(3, new Done()));
    }

    private static void memory(Gateway gateway, Enrol identity) {
        MobileAddress moa = gateway.prefix().addressOf(gateway.mac());
        GuestStatus status = new GuestStatus(true, Optional.of(identity.hoa()), Optional.of(moa),
                Optional.of(gateway.mac()), Optional.empty(), false, new Epoch(1));
        Memory memory = new Memory(identity, status, Optional.of(new Stage(gateway.mac(), gateway, new Epoch(1))),
                Optional.of(new Staged(moa, gateway.mac(), gateway.mac().linkLocal())),
                Optional.of(new Settle(new Epoch(1))),
                Optional.of(new Settled(moa, FlipTrigger.RECEIVED, Silences.UNKNOWN)));
        if (!Memory.of(memory.text()).equals(Optional.of(memory))) {
            throw new AssertionError("what is noted is not what is read");
        }
    }

    private static void tables() {
        KernelTables.addresses("20010db8000a0000505400fffe000001 02 40 00 00 eth0\n");
        KernelTables.defaultRoutes("0".repeat(32) + " 00 " + "0".repeat(32)
                + " 00 fe8000000000000000000000000000a1 00000400 00000001 00000000 00450003 eth0\n");
    }

    private static void mappings(Mappings.Opener mappingServer, Enrol identity) {
        MobileAddress moa = MobileAddress.of("2001:db8:a::1");
        Mapping mapping = Mapping.none(identity.hoa()).activate(moa, new Epoch(1))
                .stage(MobileAddress.of("2001:db8:b::1"), new Epoch(2));
        Optional.of(mapping).map(Mapping::bindings);
        // The address is not ours, so binding fails and nothing is sent.
        try (Mappings client = mappingServer.open(identity, moa, _ -> {})) {
            client.resolve(HomeAddress.of("2001:db8:face::2"));
            client.resolve(moa, () -> {});
        }
    }
}
