package org.godwit.protocol.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
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
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuestCodecTest {

    private static final MacAddress MAC = MacAddress.of("52:54:00:00:00:02");
    private static final Gateway GATEWAY = new Gateway(LinkLocalAddress.of("fe80::b1"),
            MacAddress.of("02:00:00:00:00:b1"), SitePrefix.of("2001:db8:b::/64"));
    private static final MobileAddress MOA = GATEWAY.prefix().addressOf(MAC);

    private static final List<GuestCall> CALLS = List.of(
            new GuestCall(1, new Enrol(HomeAddress.of("2001:db8:face::1"), SitePrefix.of("2001:db8:face::/64"),
                    ims(), 4342, new ImsKey("00112233445566778899aabbccddeeff"))),
            new GuestCall(2, new Status()), new GuestCall(3, new Stage(MAC, GATEWAY, new Epoch(5))),
            new GuestCall(4, new Arm(new Epoch(5))), new GuestCall(5, new Unstage(new Epoch(6))),
            new GuestCall(GuestCall.ID_MAX, new Settle(new Epoch(Long.MAX_VALUE))));

    private static final List<GuestAnswer> ANSWERS = List.of(
            new GuestAnswer(1,
                    new GuestStatus(false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                            false, Epoch.NONE)),
            new GuestAnswer(2,
                    new GuestStatus(true, Optional.of(HomeAddress.of("2001:db8:face::1")),
                            Optional.of(MobileAddress.of("2001:db8:a::1")),
                            Optional.of(MacAddress.of("52:54:00:00:00:01")), Optional.of(MOA), true, new Epoch(5))),
            new GuestAnswer(3, new Staged(MOA, MAC, MAC.linkLocal())),
            new GuestAnswer(4, new Settled(MOA, FlipTrigger.RECEIVED, Silences.UNKNOWN)),
            new GuestAnswer(5, new Done()),
            new GuestAnswer(6, new Refused(RefusalCode.NO_ROUTER_ADVERTISEMENT,
                    "no address under 2001:db8:b::/64 within 5 s:\n\"radvd\" d\u00e9ad")),
            new GuestAnswer(7, new Settled(MOA, FlipTrigger.NOTIFIED,
                    new Silences(Optional.of(Duration.ofMillis(119)), Optional.of(Duration.ZERO)))),
            new GuestAnswer(8, new Settled(MOA, FlipTrigger.COMMANDED,
                    new Silences(Optional.empty(), Optional.of(Silences.MAX)))));

    private static Inet6Address ims() {
        return (Inet6Address) Inet6Address.ofLiteral("2001:db8:c::53");
    }

    private static String text(byte[] line) {
        return new String(line, UTF_8);
    }

    private static byte[] withoutEnd(byte[] line) {
        return text(line).stripTrailing().getBytes(UTF_8);
    }

    @Test
    void linesLookLikeThis() {
        StringBuilder text = new StringBuilder();
        CALLS.forEach(call -> text.append(text(GuestCodec.encode(call))));
        ANSWERS.forEach(answer -> text.append(text(GuestCodec.encode(answer))));

        Golden.assertMatches("guest/lines-v1.txt", text.toString());
    }

    @Test
    void whatIsEncodedIsDecoded() throws GuestLineException {
        for (GuestCall call : CALLS) {
            assertThat(GuestCodec.decodeCall(withoutEnd(GuestCodec.encode(call)))).isEqualTo(call);
        }
        for (GuestAnswer answer : ANSWERS) {
            assertThat(GuestCodec.decodeAnswer(withoutEnd(GuestCodec.encode(answer)))).isEqualTo(answer);
        }
    }

    @Test
    void aSilenceThatNoMigrationLastsIsMalformed() {
        for (String silence : List.of("-1", "3600000001", "\"long\"")) {
            assertThatThrownBy(() -> GuestCodec.decodeAnswer(("{\"v\":1,\"id\":4,\"is\":\"settled\",\"active_moa\":\""
                    + MOA + "\",\"trigger\":\"received\",\"silence_in_us\":" + silence + "}").getBytes(UTF_8)))
                    .isInstanceOf(GuestLineException.class)
                    .hasMessageContaining("silence_in_us must be a whole number from 0 to 3600000000");
        }
    }

    @Test
    void theLongestMessageFitsIntoALine() throws GuestLineException {
        GuestAnswer longest = new GuestAnswer(GuestCall.ID_MAX,
                Refused.because(RefusalCode.NO_ROUTER_ADVERTISEMENT, "\ud83e\udd86".repeat(1000)));

        byte[] line = GuestCodec.encode(longest);

        assertThat(line).hasSizeLessThanOrEqualTo(GuestCodec.LINE_BYTES_MAX);
        assertThat(GuestCodec.decodeAnswer(withoutEnd(line))).isEqualTo(longest);
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            hello                                              | MALFORMED           | -1 | one JSON object
            []                                                 | MALFORMED           | -1 | one JSON object
            {"v":1,"id":7,"do":"status"} {}                    | MALFORMED           | -1 | nothing after its object
            {"v":1,"id":7,"id":8,"do":"status"}                | MALFORMED           | -1 | one JSON object
            {"v":1,"id":7,"do":["status"]}                     | MALFORMED           | -1 | one JSON object
            {"v":1,"id":7,"do":null}                           | MALFORMED           | -1 | one JSON object
            {"v":1,"id":0,"do":"status"}                       | MALFORMED           | -1 | id must be a whole number
            {"v":1,"do":"status"}                              | MALFORMED           | -1 | id must be a whole number
            {"id":7,"do":"status"}                             | MALFORMED           | 7  | v must be a whole number
            {"v":2,"id":7,"do":"status"}                       | UNSUPPORTED_VERSION | 7  | v must be 1, got 2
            {"v":1,"id":7}                                     | MALFORMED           | 7  | do is missing
            {"v":1,"id":7,"do":"reboot"}                       | UNKNOWN_REQUEST     | 7  | got "reboot"
            {"v":1,"id":7,"do":"arm"}                          | MALFORMED           | 7  | epoch must be a whole number
            {"v":1,"id":7,"do":"arm","epoch":-1}               | MALFORMED           | 7  | epoch must be a whole number
            {"v":1,"id":7,"do":"arm","epoch":"5"}              | MALFORMED           | 7  | epoch must be a whole number
            {"v":1,"id":7,"do":"arm","epoch":5,"softly":true}  | MALFORMED           | 7  | softly is not known
            {"v":1,"id":7,"do":"arm","epoch":5,"how":{}}       | MALFORMED           | 7  | how is not known
            {"v":1,"id":7,"do":"stage","epoch":5,"interface_mac":"52:54:00:00:00:02"} | MALFORMED | 7 | gateway must be an object
            {"v":1,"id":7,"do":"stage","epoch":5,"interface_mac":"52:54:00:00:00:02","gateway":{"mac":"02:00:00:00:00:b1"}} | MALFORMED | 7 | gateway.link_local is missing
            """)
    void aLineThatIsNoRequestIsRefused(String line, RefusalCode code, long id, String message) {
        assertThatThrownBy(() -> GuestCodec.decodeCall(line.getBytes(UTF_8))).hasMessageContaining(message)
                .asInstanceOf(InstanceOfAssertFactories.type(GuestLineException.class)).satisfies(e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.id().orElse(-1)).isEqualTo(id);
                });
    }

    @Test
    void anAnswerMayGainMembers() throws GuestLineException {
        byte[] line = "{\"v\":1,\"id\":7,\"is\":\"done\",\"duration_ms\":{\"x\":3}}".getBytes(UTF_8);

        assertThat(GuestCodec.decodeAnswer(line)).isEqualTo(new GuestAnswer(7, new Done()));
    }

    @Test
    void aKeyIsShownNowhere() {
        String secret = "00112233445566778899aabbccddeeff";
        GuestCall enrol = CALLS.getFirst();
        String lineWithBadPort = text(GuestCodec.encode(enrol)).strip().replace("4342", "0");
        String lineWithBadKey = text(GuestCodec.encode(enrol)).strip().replace(secret, secret + "zz");
        String cutLine = text(GuestCodec.encode(enrol)).strip().replace("\"}", "");

        assertThat(enrol.toString()).contains("ImsKey[***]").doesNotContain(secret);
        for (String line : List.of(lineWithBadPort, lineWithBadKey, cutLine)) {
            assertThatThrownBy(() -> GuestCodec.decodeCall(line.getBytes(UTF_8)))
                    .isInstanceOf(GuestLineException.class).satisfies(e -> {
                        for (Throwable t = e; t != null; t = t.getCause()) {
                            assertThat(t.toString()).doesNotContain(secret);
                        }
                    });
        }
    }

    /** Bits flipped, pieces cut out, doubled and swapped: seeded, so that a failure can be run again. */
    @Test
    void decodingThrowsNothingButItsOwnException() {
        Random random = new Random(20261121);
        for (int round = 0; round < 60_000; round++) {
            byte[] line = round % 2 == 0
                    ? GuestCodec.encode(CALLS.get(random.nextInt(CALLS.size())))
                    : GuestCodec.encode(ANSWERS.get(random.nextInt(ANSWERS.size())));
            line = mutated(withoutEnd(line), random);
            try {
                GuestCodec.encode(GuestCodec.decodeCall(line));
            } catch (GuestLineException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
            try {
                GuestCodec.encode(GuestCodec.decodeAnswer(line));
            } catch (GuestLineException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    private static byte[] mutated(byte[] line, Random random) {
        String spice = "{}[]\":,\\0-9.eE %/\u0000\u00fftrunl";
        byte[] changed = line.clone();
        for (int times = random.nextInt(1, 5); times > 0; times--) {
            int at = random.nextInt(changed.length);
            int length = random.nextInt(Math.min(40, changed.length - at));
            switch (random.nextInt(5)) {
                case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> changed[at] = (byte) spice.charAt(random.nextInt(spice.length()));
                case 2 -> changed[at] = (byte) random.nextInt(256);
                case 3 -> System.arraycopy(changed, at, changed, random.nextInt(changed.length - length), length);
                case 4 -> changed = java.util.Arrays.copyOf(changed, Math.max(1, changed.length - length));
                default -> throw new AssertionError();
            }
        }
        return changed;
    }
}
