package org.godwit.protocol.guest;

import com.fasterxml.jackson.core.JsonGenerator;
import inet.ipaddr.ipv6.IPv6Address;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Silences;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.guest.GuestReply.Done;
import org.godwit.protocol.guest.GuestReply.GuestStatus;
import org.godwit.protocol.guest.GuestReply.Refused;
import org.godwit.protocol.guest.GuestReply.Settled;
import org.godwit.protocol.guest.GuestReply.Staged;
import org.godwit.protocol.guest.GuestRequest.Arm;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.guest.GuestRequest.Settle;
import org.godwit.protocol.guest.GuestRequest.Stage;
import org.godwit.protocol.guest.GuestRequest.Status;
import org.godwit.protocol.guest.GuestRequest.Unstage;

/** Messages to lines and back. Stateless; decoding throws nothing but {@link GuestLineException}. */
public final class GuestCodec {

    /** The version spoken here. */
    public static final int VERSION = 1;

    /** The longest line, its {@code \n} included. */
    public static final int LINE_BYTES_MAX = 4096;

    private static final long US_PER_SECOND = 1_000_000;

    private GuestCodec() {}

    /** The line, ended by {@code \n}. */
    public static byte[] encode(GuestCall call) {
        return line(call.id(), json -> {
            switch (call.request()) {
                case Enrol enrol -> {
                    json.writeStringField("do", "enrol");
                    write(json, enrol);
                }
                case Status() -> json.writeStringField("do", "status");
                case Stage stage -> {
                    json.writeStringField("do", "stage");
                    write(json, stage);
                }
                case Arm(Epoch epoch) -> write(json, "arm", epoch);
                case Unstage(Epoch epoch) -> write(json, "unstage", epoch);
                case Settle(Epoch epoch) -> write(json, "settle", epoch);
            }
        });
    }

    /** The line, ended by {@code \n}. */
    public static byte[] encode(GuestAnswer answer) {
        return line(answer.id(), json -> {
            switch (answer.reply()) {
                case GuestStatus status -> {
                    json.writeStringField("is", "status");
                    write(json, status);
                }
                case Staged(MobileAddress moa, MacAddress interfaceMac, LinkLocalAddress linkLocal) -> {
                    json.writeStringField("is", "staged");
                    json.writeStringField("moa", moa.toString());
                    json.writeStringField("interface_mac", interfaceMac.toString());
                    json.writeStringField("link_local", linkLocal.toString());
                }
                case Settled(MobileAddress activeMoa, FlipTrigger trigger, Silences silences) -> {
                    json.writeStringField("is", "settled");
                    json.writeStringField("active_moa", activeMoa.toString());
                    json.writeStringField("trigger", trigger.word());
                    write(json, "silence_out_us", silences.vmToPeer());
                    write(json, "silence_in_us", silences.peerToVm());
                }
                case Done() -> json.writeStringField("is", "done");
                case Refused(RefusalCode code, String message) -> {
                    json.writeStringField("is", "refused");
                    json.writeStringField("code", code.word());
                    json.writeStringField("message", message);
                }
            }
        });
    }

    /** @param line without its end */
    public static GuestCall decodeCall(byte[] line) throws GuestLineException {
        GuestMembers members = GuestMembers.read(line);
        long id = members.envelope(VERSION);
        try {
            String verb = members.text("do");
            GuestRequest request = request(verb, members, id);
            members.allMustBeUsed();
            return new GuestCall(id, request);
        } catch (IllegalArgumentException e) {
            throw new GuestLineException(RefusalCode.MALFORMED, id, e.getMessage(), e);
        }
    }

    /** @param line without its end */
    public static GuestAnswer decodeAnswer(byte[] line) throws GuestLineException {
        GuestMembers members = GuestMembers.read(line);
        long id = members.envelope(VERSION);
        try {
            return new GuestAnswer(id, reply(members.text("is"), members));
        } catch (IllegalArgumentException e) {
            throw new GuestLineException(RefusalCode.MALFORMED, id, e.getMessage(), e);
        }
    }

    private static GuestRequest request(String verb, GuestMembers members, long id) throws GuestLineException {
        return switch (verb) {
            case "enrol" -> new Enrol(HomeAddress.of(members.text("hoa")), SitePrefix.of(members.text("hoa_space")),
                    imsAddress(members.text("ims_address")), (int) members.number("ims_port", 1, 65535),
                    new ImsKey(members.text("ims_key")));
            case "status" -> new Status();
            case "stage" ->
                new Stage(MacAddress.of(members.text("interface_mac")), gateway(members.nested("gateway")),
                        epoch(members));
            case "arm" -> new Arm(epoch(members));
            case "unstage" -> new Unstage(epoch(members));
            case "settle" -> new Settle(epoch(members));
            default -> throw new GuestLineException(RefusalCode.UNKNOWN_REQUEST, id,
                    "do must be enrol, status, stage, arm, unstage or settle, got \"" + verb + "\"", null);
        };
    }

    private static GuestReply reply(String kind, GuestMembers members) {
        return switch (kind) {
            case "status" -> status(members);
            case "staged" -> new Staged(MobileAddress.of(members.text("moa")),
                    MacAddress.of(members.text("interface_mac")), LinkLocalAddress.of(members.text("link_local")));
            case "settled" -> new Settled(MobileAddress.of(members.text("active_moa")),
                    FlipTrigger.ofWord(members.text("trigger")),
                    new Silences(silence(members, "silence_out_us"), silence(members, "silence_in_us")));
            case "done" -> new Done();
            case "refused" -> new Refused(RefusalCode.ofWord(members.text("code")), members.text("message"));
            default -> throw new IllegalArgumentException(
                    "is must be status, staged, settled, done or refused, got \"" + kind + "\"");
        };
    }

    private static Optional<Duration> silence(GuestMembers members, String name) {
        return members.has(name)
                ? Optional.of(Duration.of(members.number(name, 0, Silences.MAX.toSeconds() * US_PER_SECOND),
                        ChronoUnit.MICROS))
                : Optional.empty();
    }

    private static GuestStatus status(GuestMembers members) {
        String hoa = members.textOrNull("hoa");
        String activeMoa = members.textOrNull("active_moa");
        String activeMac = members.textOrNull("active_mac");
        String stagedMoa = members.textOrNull("staged_moa");
        return new GuestStatus(members.flag("enrolled"),
                hoa == null ? Optional.empty() : Optional.of(HomeAddress.of(hoa)),
                activeMoa == null ? Optional.empty() : Optional.of(MobileAddress.of(activeMoa)),
                activeMac == null ? Optional.empty() : Optional.of(MacAddress.of(activeMac)),
                stagedMoa == null ? Optional.empty() : Optional.of(MobileAddress.of(stagedMoa)),
                members.flag("armed"), epoch(members));
    }

    private static Gateway gateway(GuestMembers members) {
        Gateway gateway = new Gateway(LinkLocalAddress.of(members.text("link_local")),
                MacAddress.of(members.text("mac")), SitePrefix.of(members.text("prefix")));
        members.allMustBeUsed();
        return gateway;
    }

    private static Epoch epoch(GuestMembers members) {
        return new Epoch(members.number("epoch", 0, Long.MAX_VALUE));
    }

    /** A literal only: no name is ever looked up. */
    private static Inet6Address imsAddress(String text) {
        if (text.indexOf('%') < 0 && InetAddress.ofLiteral(text) instanceof Inet6Address address) {
            return address;
        }
        throw new IllegalArgumentException("ims_address must be one IPv6 address without a zone, got \"" + text + "\"");
    }

    private static void write(JsonGenerator json, Enrol enrol) throws IOException {
        json.writeStringField("hoa", enrol.hoa().toString());
        json.writeStringField("hoa_space", enrol.hoaSpace().toString());
        json.writeStringField("ims_address", new IPv6Address(enrol.imsAddress().getAddress()).toCanonicalString());
        json.writeNumberField("ims_port", enrol.imsPort());
        json.writeStringField("ims_key", enrol.imsKey().hex());
    }

    private static void write(JsonGenerator json, Stage stage) throws IOException {
        json.writeStringField("interface_mac", stage.interfaceMac().toString());
        json.writeObjectFieldStart("gateway");
        json.writeStringField("link_local", stage.gateway().linkLocal().toString());
        json.writeStringField("mac", stage.gateway().mac().toString());
        json.writeStringField("prefix", stage.gateway().prefix().toString());
        json.writeEndObject();
        json.writeNumberField("epoch", stage.epoch().number());
    }

    private static void write(JsonGenerator json, String verb, Epoch epoch) throws IOException {
        json.writeStringField("do", verb);
        json.writeNumberField("epoch", epoch.number());
    }

    private static void write(JsonGenerator json, String name, Optional<Duration> silence) throws IOException {
        if (silence.isPresent()) {
            json.writeNumberField(name, silence.get().dividedBy(ChronoUnit.MICROS.getDuration()));
        }
    }

    private static void write(JsonGenerator json, GuestStatus status) throws IOException {
        json.writeBooleanField("enrolled", status.enrolled());
        if (status.hoa().isPresent()) {
            json.writeStringField("hoa", status.hoa().get().toString());
        }
        if (status.activeMoa().isPresent()) {
            json.writeStringField("active_moa", status.activeMoa().get().toString());
        }
        if (status.activeMac().isPresent()) {
            json.writeStringField("active_mac", status.activeMac().get().toString());
        }
        if (status.stagedMoa().isPresent()) {
            json.writeStringField("staged_moa", status.stagedMoa().get().toString());
        }
        json.writeBooleanField("armed", status.armed());
        json.writeNumberField("epoch", status.epoch().number());
    }

    private interface Members {
        void writeTo(JsonGenerator json) throws IOException;
    }

    private static byte[] line(long id, Members members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = GuestMembers.JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("v", VERSION);
            json.writeNumberField("id", id);
            members.writeTo(json);
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // The longest message is a refusal of 600 escaped characters: 3.7 kB. So no line can be too long.
        return bytes.toByteArray();
    }
}
