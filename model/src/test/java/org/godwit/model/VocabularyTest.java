package org.godwit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "Host", "-a", "a-", "a_b", "a.b", "a/b", "a b" })
    void aNameThatIsNoDnsLabelIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Name.of(text)).withMessageContaining(text);
    }

    @Test
    void aNameIsAtMost63Long() {
        assertThat(Name.of("a".repeat(63))).hasToString("a".repeat(63));
        assertThatIllegalArgumentException().isThrownBy(() -> Name.of("a".repeat(64)));
    }

    @Test
    void anEpochOnlyGrows() {
        assertThat(Epoch.NONE.next()).isEqualTo(new Epoch(1));
        assertThat(Epoch.NONE.isOlderThan(Epoch.NONE.next())).isTrue();
        assertThat(Epoch.NONE.isOlderThan(Epoch.NONE)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> new Epoch(-1));
    }

    @ParameterizedTest
    @EnumSource
    void aBindingStateSurvivesItsPriority(BindingState state) {
        assertThat(BindingState.ofPriority(state.priority())).isEqualTo(state);
    }

    @Test
    void aPriorityThatTheProfileDoesNotUseIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> BindingState.ofPriority(2)).withMessageContaining("2");
    }

    @Test
    void aHomeAddressIsNotItsOwnMobileAddress() {
        assertThatIllegalArgumentException().isThrownBy(() -> new AddressBinding(HomeAddress.of("2001:db8::1"),
                MobileAddress.of("2001:db8::1"), BindingState.ACTIVE, Epoch.NONE));
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheTwoEndsAreFinal(MigrationPhase phase) {
        assertThat(phase.isFinal())
                .isEqualTo(Set.of(MigrationPhase.SETTLED, MigrationPhase.ABORTED, MigrationPhase.LOST).contains(phase));
    }
}
