package org.godwit.mcs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.godwit.model.HomeAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredAddressTest {

    @Test
    void whatTheModelWritesIsReadBack() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] address = new byte[16];
            random.nextBytes(address);
            address[0] = 0x20;
            // Groups of zeros, in all places and lengths.
            for (int group = 1; group < 8; group++) {
                if (random.nextInt(3) > 0) {
                    address[2 * group] = 0;
                    address[2 * group + 1] = (byte) (random.nextBoolean() ? 0 : 1);
                }
            }
            String text = HomeAddress.of(address).toString();
            assertThat(StoredAddress.bytes(text)).as(text).isEqualTo(address);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "2001:db8", "2001::1::2", "2001:db8::g", "20011::", "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::", "1:2:3:4:5:6:7:", "2001:db8::1%eth0", "2001:db8::1/64" })
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> StoredAddress.bytes(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RFC 5952");
    }
}
