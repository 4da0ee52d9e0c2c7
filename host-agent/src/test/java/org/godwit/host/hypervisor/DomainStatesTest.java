package org.godwit.host.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Numbers as in libvirt-domain.h. */
class DomainStatesTest {

    private static final int RUNNING = 1;
    private static final int PAUSED = 3;
    private static final int RUNNING_UNPAUSED = 5;
    private static final int RUNNING_MIGRATION_CANCELED = 6;
    private static final int PAUSED_MIGRATION = 2;
    private static final int PAUSED_POSTCOPY_FAILED = 13;

    @Test
    void aDomainThatLibvirtLetRunAgainAfterItsSwitchoverFailedIsPutBack() {
        assertThat(DomainStates.isPutBack(RUNNING, RUNNING_MIGRATION_CANCELED)).isTrue();
        assertThat(DomainStates.isPutBack(RUNNING, RUNNING_UNPAUSED)).isFalse();
        assertThat(DomainStates.isPutBack(PAUSED, RUNNING_MIGRATION_CANCELED)).isFalse();
    }

    @Test
    void whatAMigrationHasLeftIsToldFromAnOperatorsPause() {
        assertThat(DomainStates.isLeftByMigration(PAUSED, PAUSED_MIGRATION)).isTrue();
        assertThat(DomainStates.isLeftByMigration(PAUSED, 1)).isFalse();
        assertThat(DomainStates.isBrokenPostCopy(PAUSED, PAUSED_POSTCOPY_FAILED)).isTrue();
    }
}
