package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.godwit.shim.Fixtures.HOA;
import static org.godwit.shim.Fixtures.MOA;
import static org.godwit.shim.Fixtures.MOA_STAGED;
import static org.godwit.shim.Fixtures.PEER;
import static org.godwit.shim.Fixtures.PEER_MOA;
import static org.godwit.shim.Packets.frame;
import static org.godwit.shim.Packets.ip;
import static org.godwit.shim.Packets.labelled;
import static org.godwit.shim.Packets.tcp;

import org.godwit.shim.TestRun.Outcome;
import org.godwit.shim.TestRun.Verdict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a relay sends to both MoAs is taken once. "Originals" come to the MoA of the site that is being left, "copies" to the
 * staged one.
 */
@Tag("kernel")
class StampTest {

    private static final int LAST = Packets.STAMP_NUMBER;
    private static final int HALF = Packets.STAMP_NUMBER / 2;

    @RegisterExtension
    static final LoneNode NODE = LoneNode.withTwoMoasAndAPeer();

    private KernelDataPlane plane;

    @BeforeEach
    void take() {
        plane = NODE.plane();
    }

    @Test
    void aCopyOfWhatHasComeIsDroppedAndTheNextIsTaken() {
        plane.arm(Slot.SECOND);
        taken(MOA, 1, 2, 3);

        dropped(MOA_STAGED, 1, 2, 3);
        assertThat(plane.armed()).as("a duplicate is no sign of landing").isTrue();
        taken(MOA_STAGED, 4);

        assertThat(plane.active()).isEqualTo(Slot.SECOND);
        assertThat(plane.counters()).containsEntry(Counter.STAMPED_IN, 7L).containsEntry(Counter.DROP_DUPLICATE, 3L)
                .containsEntry(Counter.TRANSLATED_IN, 4L);
    }

    @Test
    void anOriginalThatWaitedInTheGuestsOwnQueueIsDroppedWhenItsCopyWasQuicker() {
        plane.arm(Slot.SECOND);
        taken(MOA, 1);
        taken(MOA_STAGED, 2, 3);

        dropped(MOA, 2, 3);
        taken(MOA, 4);
    }

    @Test
    void whatWasCutOutOfOnePacketIsTakenWhole() {
        plane.arm(Slot.SECOND);
        taken(MOA, 1, 1, 1);
        taken(MOA_STAGED, 2, 2, 2);
    }

    @Test
    void anOvertakenOriginalDoesNotTurnTheNumbersBack() {
        plane.arm(Slot.SECOND);
        taken(MOA, 1, 3, 2);

        dropped(MOA_STAGED, 3);
    }

    @Test
    void aRelayThatBeginsAnewIsFollowed() {
        plane.arm(Slot.SECOND);
        taken(MOA, 100_000, 5);

        taken(MOA_STAGED, 6);
    }

    @Test
    void numbersWrap() {
        plane.arm(Slot.SECOND);
        taken(MOA, LAST - 1, LAST, 0);

        dropped(MOA_STAGED, LAST, 0);
        taken(MOA_STAGED, 1);
    }

    @Test
    void aRelayMayGoOnForMoreThanAllNumbers() {
        plane.arm(Slot.SECOND);
        taken(MOA, 10);

        for (int number = 11; number < 2 * LAST; number += 1000) {
            taken(MOA_STAGED, number & LAST);
        }
        taken(MOA_STAGED, 10, 11);
    }

    @Test
    void armingForgetsAndArmingTwiceDoesNot() {
        plane.arm(Slot.SECOND);
        taken(MOA, 50);
        plane.arm(Slot.SECOND);
        dropped(MOA_STAGED, 50);

        plane.flip(Slot.SECOND);
        plane.arm(Slot.FIRST);
        taken(MOA_STAGED, 7);
        taken(MOA, 8);
    }

    @Test
    void nothingIsComparedUnlessAMoveIsOnItsWay() {
        taken(MOA, 50);
        taken(MOA_STAGED, 50, 50 - HALF & LAST);

        plane.arm(Slot.SECOND);
        taken(MOA, 50);
        plane.disarm();
        taken(MOA_STAGED, 50);

        plane.arm(Slot.SECOND);
        taken(MOA, 50);
        taken(MOA_STAGED, 51);
        plane.disown(Slot.FIRST);
        taken(MOA_STAGED, 49);
    }

    @Test
    void whatIsNotStampedIsNeverADuplicate() {
        plane.arm(Slot.SECOND);
        taken(MOA, 50);

        Outcome outcome = run(labelled(50, ip(PEER_MOA, MOA_STAGED, tcp())));

        assertThat(outcome.frame()).isEqualTo(frame(labelled(50, ip(PEER, HOA, tcp()))));
    }

    private void taken(String moa, int... numbers) {
        for (int number : numbers) {
            Outcome outcome = run(labelled(Packets.STAMPED | number, ip(PEER_MOA, moa, tcp())));
            assertThat(outcome.verdict()).as(moa + " " + number).isEqualTo(Verdict.PASS);
            assertThat(outcome.frame()).isEqualTo(frame(labelled(0, ip(PEER, HOA, tcp()))));
        }
    }

    private void dropped(String moa, int... numbers) {
        for (int number : numbers) {
            Outcome outcome = run(labelled(Packets.STAMPED | number, ip(PEER_MOA, moa, tcp())));
            assertThat(outcome.verdict()).as(moa + " " + number).isEqualTo(Verdict.DROP);
        }
    }

    private Outcome run(byte[] packet) {
        return NODE.run(Abi.PROGRAM_INGRESS, packet);
    }
}
