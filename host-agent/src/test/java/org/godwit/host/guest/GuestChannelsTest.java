package org.godwit.host.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.godwit.model.Epoch;
import org.godwit.protocol.guest.GuestAnswer;
import org.godwit.protocol.guest.GuestCall;
import org.godwit.protocol.guest.GuestCodec;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.protocol.guest.GuestRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestChannelsTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration VERY_SOON = Duration.ofMillis(200);
    private static final GuestRequest ARM = new GuestRequest.Arm(new Epoch(5));
    private static final GuestReply DONE = new GuestReply.Done();

    private final GuestChannels channels = new GuestChannels(System::nanoTime, RandomGenerator.getDefault());

    @TempDir
    Path folder;

    @Test
    void anAnswerWithTheIdOfTheQuestionIsReturned() throws IOException {
        try (FakeGuest guest = new FakeGuest(folder, call -> List.of(answer(call)))) {
            assertThat(channels.ask(guest.socket(), ARM, SOON)).isEqualTo(DONE);
            assertThat(guest.calls()).extracting(GuestCall::request).containsExactly(ARM);
        }
    }

    @Test
    void whatAPredecessorLeftIsSkipped() throws IOException {
        try (FakeGuest guest = new FakeGuest(folder,
                call -> List.of(text("\"is\":\"done\"}\n"), text("x".repeat(9000) + "\n"),
                        GuestCodec.encode(new GuestAnswer(GuestCall.ID_MAX, new GuestReply.Done())), answer(call)))) {
            assertThat(channels.ask(guest.socket(), ARM, SOON)).isEqualTo(DONE);
        }
    }

    @Test
    void anAnswerInPiecesIsPutTogether() throws IOException {
        try (FakeGuest guest = new FakeGuest(folder, call -> {
            byte[] whole = answer(call);
            String line = new String(whole, StandardCharsets.UTF_8);
            return List.of(text(line.substring(0, 5)), text(line.substring(5)));
        })) {
            assertThat(channels.ask(guest.socket(), ARM, SOON)).isEqualTo(DONE);
        }
    }

    @Test
    void aQuestionThatWasLostIsRepeated() throws IOException {
        try (FakeGuest guest = new FakeGuest(folder,
                call -> guestHeardOnce(call) ? List.of() : List.of(answer(call)))) {
            assertThat(channels.ask(guest.socket(), ARM, Duration.ofSeconds(4))).isEqualTo(DONE);
            assertThat(guest.calls()).hasSize(2);
            assertThat(guest.calls().get(1).id()).as("ids only grow").isGreaterThan(guest.calls().get(0).id());
        }
    }

    @Test
    void aGuestThatDoesNotAnswerIsSilent() throws IOException {
        try (FakeGuest guest = new FakeGuest(folder, _ -> List.of())) {
            assertThatThrownBy(() -> channels.ask(guest.socket(), ARM, VERY_SOON))
                    .isInstanceOf(GuestSilentException.class).hasMessageContaining("did not answer within 200 ms");
        }
    }

    @Test
    void aGuestThatAnswersNonsenseForEverIsSilent() throws IOException {
        try (FakeGuest guest = new FakeGuest(folder, _ -> List.of(text("{}\n".repeat(1000))))) {
            assertThatThrownBy(() -> channels.ask(guest.socket(), ARM, VERY_SOON))
                    .isInstanceOf(GuestSilentException.class);
        }
    }

    @Test
    void aChannelThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> channels.ask(folder.resolve("none"), ARM, VERY_SOON))
                .isInstanceOf(GuestSilentException.class).hasMessageContaining("none");
    }

    private boolean heard;

    private boolean guestHeardOnce(GuestCall call) {
        boolean first = !heard;
        heard = call.id() > 0;
        return first;
    }

    private static byte[] answer(GuestCall call) {
        return GuestCodec.encode(new GuestAnswer(call.id(), DONE));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
