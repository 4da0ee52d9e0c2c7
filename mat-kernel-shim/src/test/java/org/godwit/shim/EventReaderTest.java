package org.godwit.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.junit.jupiter.api.Test;

class EventReaderTest {

    private static final HomeAddress HOA = HomeAddress.of("2001:db8:face::2");
    private static final MobileAddress MOA = MobileAddress.of("2001:db8:b::2");

    @Test
    void everyTypeIsRead() {
        assertThat(EventReader.read(record(Abi.EVENT_MISS_OUT).put(Abi.EVENT_ADDRESS, HOA.bytes())))
                .contains(new ShimEvent.MissOut(HOA));
        assertThat(EventReader.read(record(Abi.EVENT_UNKNOWN_SOURCE).put(Abi.EVENT_ADDRESS, MOA.bytes())))
                .contains(new ShimEvent.UnknownSource(MOA));
        assertThat(EventReader.read(record(Abi.EVENT_FLIPPED).putInt(Abi.EVENT_SLOT, 1).putInt(Abi.EVENT_TRIGGER,
                Abi.TRIGGER_NOTIFIED))).contains(new ShimEvent.Flipped(Slot.SECOND, FlipTrigger.NOTIFIED));
        assertThat(EventReader.read(record(Abi.EVENT_PEER_FLIPPED).put(Abi.EVENT_ADDRESS, HOA.bytes())
                .put(Abi.EVENT_MOA, MOA.bytes()))).contains(new ShimEvent.PeerFlipped(HOA, MOA));
    }

    @Test
    void anAddressThatCanBeNobodysIsPassedOver() {
        assertThat(EventReader.read(record(Abi.EVENT_UNKNOWN_SOURCE))).isEmpty();
    }

    @Test
    void aRecordOfAnotherContractIsRefused() {
        assertThatThrownBy(() -> EventReader.read(record(9))).isInstanceOf(ShimException.class)
                .hasMessage("the kernel reports an event of unknown type 9");
    }

    private static ByteBuffer record(int type) {
        return BpfMap.buffer(Abi.EVENT_BYTES).putInt(Abi.EVENT_TYPE, type);
    }
}
