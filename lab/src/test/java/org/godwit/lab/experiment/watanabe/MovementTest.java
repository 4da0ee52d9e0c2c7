package org.godwit.lab.experiment.watanabe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.godwit.model.MacAddress;
import org.junit.jupiter.api.Test;

class MovementTest {

    private static final List<MacAddress> VM = List.of(MacAddress.of("52:54:00:0b:00:01"),
            MacAddress.of("52:54:00:0b:00:02"));

    private static final List<String> CAPTURED = """
            tcpdump: verbose output suppressed, use -v[v]... for full protocol decode
            listening on uplink, link-type EN10MB (Ethernet), snapshot length 262144 bytes
            90.000000 52:54:00:0b:00:01 > 33:33:ff:0b:00:01, ethertype IPv6 (0x86dd), length 86: :: > ff02::1:ff0b:1: ICMP6, neighbor solicitation, who has fe80::5054:ff:fe0b:1, length 32
            100.500000 52:54:00:0b:00:01 > 33:33:ff:0b:00:01, ethertype IPv6 (0x86dd), length 86: :: > ff02::1:ff0b:1: ICMP6, neighbor solicitation, who has fe80::5054:ff:fe0b:1, length 32
            101.000000 02:00:00:00:0b:01 > 33:33:00:00:00:01, ethertype IPv6 (0x86dd), length 110: fe80::b1 > ff02::1: ICMP6, router advertisement, length 56
            101.400000 52:54:00:0a:00:01 > 33:33:00:00:00:02, ethertype IPv6 (0x86dd), length 62: fe80::5054:ff:fe0a:1 > ff02::2: ICMP6, router solicitation, length 8
            101.500000 52:54:00:0b:00:01 > 33:33:00:00:00:02, ethertype IPv6 (0x86dd), length 62: fe80::5054:ff:fe0b:1 > ff02::2: ICMP6, router solicitation, length 8
            101.700000 02:00:00:00:0b:01 > 33:33:00:00:00:01, ethertype IPv6 (0x86dd), length 110: fe80::b1 > ff02::1: ICMP6, router advertisement, length 56
            102.000000 52:54:00:0b:00:01 > 33:33:ff:0b:00:01, ethertype IPv6 (0x86dd), length 86: :: > ff02::1:ff0b:1: ICMP6, neighbor solicitation, who has 2001:db8:b:0:5054:ff:fe0b:1, length 32
            102.100000 02:00:00:00:0b:01 > 33:33:00:00:00:01, ethertype IPv6 (0x86dd), length 110: fe80::b1 > ff02::1: ICMP6, router advertisement, length 56
            103.010000 52:54:00:0b:00:01 > 02:00:00:00:0b:01, ethertype IPv6 (0x86dd), length 194: 2001:db8:b:0:5054:ff:fe0b:1.40001 > 2001:db8:f::53.4342: UDP, length 132
            """
            .lines().toList();

    @Test
    void whatAVmDidIsReadOffTheLink() {
        Movement movement = Movement.of(CAPTURED, VM, 100_000_000);

        assertThat(movement).isEqualTo(new Movement(OptionalLong.of(100_500_000), OptionalLong.of(101_500_000),
                OptionalLong.of(101_700_000), OptionalLong.of(102_000_000), OptionalLong.of(103_010_000)));
        assertThat(Movement.ms(movement.formed(), movement.registered())).isEqualTo(1010.0);
    }

    @Test
    void whatWasNotSeenIsNotTold() {
        Movement movement = Movement.of(CAPTURED, VM, 102_050_000);

        assertThat(movement.formed()).isEmpty();
        assertThat(Movement.ms(movement.formed(), movement.registered())).isNull();
        assertThat(Movement.ms(movement.registered(), OptionalLong.of(1))).as("before it").isNull();
    }
}
