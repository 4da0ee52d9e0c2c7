package org.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
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
import org.godwit.protocol.guest.GuestReply.GuestStatus;
import org.godwit.protocol.guest.GuestReply.Settled;
import org.godwit.protocol.guest.GuestReply.Staged;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.guest.GuestRequest.Settle;
import org.godwit.protocol.guest.GuestRequest.Stage;
import org.godwit.protocol.guest.ImsKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {

    private static final MacAddress MAC = MacAddress.of("52:54:00:00:00:01");
    private static final MobileAddress MOA = MobileAddress.of("2001:db8:a::1");
    private static final Gateway GATEWAY = new Gateway(LinkLocalAddress.of("fe80::b1"),
            MacAddress.of("02:00:00:00:00:b1"), SitePrefix.of("2001:db8:b::/64"));
    private static final Epoch EPOCH = new Epoch(7);
    private static final Enrol IDENTITY = new Enrol(HomeAddress.of("2001:db8:face::1"),
            SitePrefix.of("2001:db8:face::/64"), (Inet6Address) Inet6Address.ofLiteral("2001:db8:d::53"), 4342,
            new ImsKey("00112233445566778899aabbccddeeff"));
    private static final GuestStatus STATUS = new GuestStatus(true, Optional.of(IDENTITY.hoa()), Optional.of(MOA),
            Optional.of(MAC), Optional.empty(), false, EPOCH);

    @Test
    void whatIsNotedIsFoundAgain() {
        Memory least = new Memory(IDENTITY, STATUS, Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty());
        Memory all = new Memory(IDENTITY, STATUS, Optional.of(new Stage(MAC, GATEWAY, EPOCH)),
                Optional.of(new Staged(MOA, MAC, MAC.linkLocal())), Optional.of(new Settle(EPOCH)),
                Optional.of(new Settled(MOA, FlipTrigger.NOTIFIED, Silences.UNKNOWN)));

        assertThat(Memory.of(least.text())).contains(least);
        assertThat(Memory.of(all.text())).contains(all);
        assertThat(all.text().length()).as("fits into a note").isLessThan(2048);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", ">", "no memory", ">{\"v\":1}", "<{}\n" })
    void whatIsNoNoteIsNone(String text) {
        assertThat(Memory.of(text)).isEmpty();
    }
}
