package org.godwit.protocol.lisp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.godwit.protocol.lisp.Frames.Known.KEY;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.LispMessage.MapReply;
import org.godwit.protocol.lisp.LispMessage.MapRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LispCodecTest {

    private static final MappingKey ANOTHER_KEY = MappingKey.of(new byte[32]);

    @ParameterizedTest
    @EnumSource
    void everyMessageIsWrittenAsTheHandWrittenFrame(Frames frame) {
        assertThat(HexFormat.of().formatHex(frame.encoded())).isEqualTo(HexFormat.of().formatHex(frame.golden()));
    }

    @ParameterizedTest
    @EnumSource
    void everyHandWrittenFrameIsReadAsItsMessage(Frames frame) throws MalformedFrameException {
        assertThat(Frames.message(decode(frame.golden()))).isEqualTo(frame.message);
    }

    @ParameterizedTest
    @EnumSource(names = {"MAP_REGISTER", "MAP_NOTIFY", "MAP_NOTIFY_ACK" })
    void aSignedFrameIsProvenByItsKeyOnly(Frames frame) throws MalformedFrameException {
        Incoming.Signed signed = (Incoming.Signed) decode(frame.golden());

        assertThat(signed.isProvenBy(KEY)).isTrue();
        assertThat(signed.isProvenBy(ANOTHER_KEY)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"MAP_REGISTER", "MAP_NOTIFY", "MAP_NOTIFY_ACK" })
    void noBitOfASignedFrameCanBeChangedUnseen(Frames frame) {
        for (int bit = 0; bit < frame.golden().length * 8; bit++) {
            byte[] changed = frame.golden();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(((Incoming.Signed) decode(changed)).isProvenBy(KEY)).as("bit " + bit).isFalse();
            } catch (MalformedFrameException | ClassCastException e) {
                // Not even well-formed, or not a signed message any more: as good as refused.
            }
        }
    }

    @Test
    void aNotifyIsNoProofForAnAcknowledgement() throws MalformedFrameException {
        byte[] forged = Frames.MAP_NOTIFY.golden();
        forged[0] = 0x50;

        assertThat(((Incoming.Signed) decode(forged)).isProvenBy(KEY)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aFrameThatIsCutAnywhereIsRefused(Frames frame) {
        for (int length = 0; length < frame.golden().length; length++) {
            byte[] cut = Arrays.copyOf(frame.golden(), length);
            assertThatThrownBy(() -> decode(cut)).isInstanceOf(MalformedFrameException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytesAfterTheMessageAreRefused(Frames frame) {
        byte[] longer = Arrays.copyOf(frame.golden(), frame.golden().length + 1);

        assertThatThrownBy(() -> decode(longer)).isInstanceOf(MalformedFrameException.class)
                .hasMessageMatching("1 bytes after the end of the message|inner IPv6 length must be 73, got 72");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            MAP_REQUEST  | 10100001     | 12100001     | the probe bit is not in the profile
            MAP_REQUEST  | 10100001     | 10000001     | a subscription (N-bit) must carry an xTR-ID (I-bit)
            MAP_REQUEST  | 10100001     | 10100002     | record count must be 1, got 2
            MAP_REQUEST_ENCAPSULATED | 80000000 | 88000000 | the security bit is not in the profile
            MAP_REQUEST_ENCAPSULATED | 1140     | 0640     | inside must be IPv6 (version 6) with UDP (17) and nothing between, got version 6, next header 6
            MAP_REQUEST_ENCAPSULATED | ef32     | ef33     | inner UDP checksum is wrong
            MAP_REQUEST  | 10100001     | 60100001     | message type must be 1 to 5 or 8, got 6
            MAP_REQUEST  | 8080         | 8040         | EID mask length must be 128, got 64
            MAP_REQUEST  | 0016 00000001| 0016 00000003| instance ID must be 1 (HoA) or 2 (MoA), got 3
            MAP_REQUEST  | 0016 00000001| 0017 00000001| EID has a wrong LCAF length
            MAP_REPLY    | fe64ff       | fd64ff       | priority must be 1 (active), 254 (staged) or 255 (retired), got 253
            MAP_REPLY    | fe64ff       | 0164ff       | two locators have priority 1
            MAP_REPLY    | 3a377d       | 3a307d       | the JSON locator must be {"epoch":N} with N from 1 to 2^63-1
            MAP_REGISTER | 01030010     | 01020010     | authentication must be algorithm 3 (HMAC-SHA256-128+HKDF-SHA256) with 16 bytes, got algorithm 2 with 16
            MAP_NOTIFY   | 0200001600000001 | 0e00001600000001 | EID must be an LCAF (16387) of type 2, got address family 16387, type 14
            """)
    void whatIsNotInTheProfileIsRefusedWithASentence(Frames frame, String found, String replacement, String sentence) {
        String hex = HexFormat.of().formatHex(frame.golden());
        UnaryOperator<String> clean = text -> text.replace(" ", "");
        assertThat(hex).contains(clean.apply(found));
        byte[] changed = HexFormat.of().parseHex(hex.replaceFirst(clean.apply(found), clean.apply(replacement)));

        assertThatThrownBy(() -> decode(changed)).isInstanceOf(MalformedFrameException.class).hasMessage(sentence);
    }

    @Test
    void aQuestionOfTheRecommendedLengthHasRoomForTheLongestAnswer() {
        Mapping longest = new Mapping(Frames.Known.HOA, Optional.of(Frames.Known.MOA_A),
                Optional.of(Frames.Known.MOA_B),
                Optional.of(MobileAddress.of("2001:db8:c::100")), new Epoch(Long.MAX_VALUE));
        MapRecord.OfHome record = new MapRecord.OfHome(5, longest);
        Eid eid = new Eid.Home(longest.hoa());

        assertThat(question(eid, Optional.empty()))
                .isGreaterThanOrEqualTo(LispEncoder.encode(new MapReply(1, record)).length);
        assertThat(question(eid, Optional.of(longest.hoa())))
                .isGreaterThanOrEqualTo(LispEncoder.encode(new MapNotify(1, 1, record), KEY).length);
    }

    private static int question(Eid eid, Optional<HomeAddress> subscriber) {
        return LispEncoder.encode(new MapRequest(1, Collections.nCopies(MapRequest.ITR_RLOCS_FOR_ANY_ANSWER,
                Frames.Known.MOA_B.address()), eid, subscriber)).length;
    }

    @Test
    void aRegisterInAnotherNameIsRefused() {
        byte[] frame = Frames.MAP_REGISTER.golden();
        frame[frame.length - 9] = 2;

        assertThatThrownBy(() -> decode(frame))
                .hasMessage("the xTR-ID of a Map-Register must be the HoA that it registers");
    }

    private static Incoming decode(byte[] frame) throws MalformedFrameException {
        return LispDecoder.decode(ByteBuffer.wrap(frame));
    }
}
