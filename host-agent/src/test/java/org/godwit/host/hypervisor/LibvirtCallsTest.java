package org.godwit.host.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.libvirt.jna.ConnectionPointer;

/** What is asked of libvirt and done there, with the hypervisor that it brings along for tests, and the one domain of that. */
@Tag("vm")
class LibvirtCallsTest {

    private TestDriver driver;
    private Domain domain;

    @BeforeAll
    static void needsLibvirt() {
        Tier.VM.needs(missing());
    }

    @BeforeEach
    void connect() throws LibvirtException {
        driver = new TestDriver();
        domain = driver.domainLookupByName("test");
    }

    /** What is not let go would be there still for the next test. */
    @AfterEach
    void letGo() throws LibvirtException {
        domain.free();
        driver.close();
    }

    @Test
    void onlyADomainThatLibvirtDoesNotKnowIsAbsent() throws LibvirtException {
        UUID uuid = UUID.fromString(domain.getUUIDString());
        assertThat(LibvirtConnection.state(driver.pointer(), uuid).state()).isEqualTo(1);
        assertThat(LibvirtConnection.state(driver.pointer(), UUID.randomUUID()).state()).isEqualTo(-1);
        assertThatThrownBy(() -> LibvirtConnection.state(null, uuid)).as("it may well be there")
                .isInstanceOf(HypervisorException.class).hasMessageContaining("does not tell how the domain is");
    }

    @Test
    void ofRemainsNoDefinitionIsLeftThatSomebodyCouldStart() throws LibvirtException {
        UUID uuid = UUID.fromString(domain.getUUIDString());
        // With this, as with firmware that keeps variables, libvirt undefines none that is off.
        domain.snapshotCreateXML("<domainsnapshot/>").free();
        LibvirtHypervisor.end(domain, 0);
        assertThat(LibvirtConnection.state(driver.pointer(), uuid).state()).isEqualTo(-1);
    }

    private static final class TestDriver extends Connect {

        TestDriver() throws LibvirtException {
            super("test:///default", false);
        }

        ConnectionPointer pointer() {
            return vcp;
        }
    }

    private static String missing() {
        try {
            LibvirtCalls.LIBVIRT.virGetLastErrorCode();
            return "";
        } catch (LinkageError _) {
            return "needs this Debian package: libvirt0";
        }
    }
}
