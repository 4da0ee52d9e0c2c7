package org.godwit.host.hypervisor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransportTest {

    @Test
    void whatIsSaidMustAgree() {
        Transport.TLS.check("qemu+tls://[2001:db8::1]/system");
        Transport.TLS.check("qemu+tls://a-1/system");
        Transport.TCP.check("qemu+tcp://[2001:db8::1]/system");
        assertThatThrownBy(() -> Transport.TCP.check("qemu+tls://a-1/system")).hasMessageContaining("transport is tcp");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu+tcp://a-1/system", "qemu:///system", "qemu+ssh://a-1/system", "qemu+tls:///system",
            "qemu+tls://a_1/system" })
    void onlyTlsIsTls(String libvirtUri) {
        assertThatThrownBy(() -> Transport.TLS.check(libvirtUri)).isInstanceOf(IllegalArgumentException.class);
    }
}
