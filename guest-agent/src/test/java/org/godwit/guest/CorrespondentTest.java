package org.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.godwit.guest.FakeInterfaces.ETH0;
import static org.godwit.guest.FakeInterfaces.ETH1;
import static org.godwit.guest.TwoSites.IDENTITY;
import static org.godwit.guest.TwoSites.MOA_A;
import static org.godwit.guest.TwoSites.MOA_B;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import org.godwit.guest.Interfaces.Reached;
import org.godwit.model.MobileAddress;
import org.godwit.shim.OwnMoa;
import org.godwit.shim.ShimException;
import org.junit.jupiter.api.Test;

class CorrespondentTest {

    private static final MobileAddress MOA_A2 = MobileAddress.of("2001:db8:a::77");

    private final FakeInterfaces interfaces = new FakeInterfaces();
    private final FakeDataPlane plane = new FakeDataPlane();
    private final FakeMappings mappings = new FakeMappings();

    private Correspondent.Installed installed() {
        return new Correspondent(interfaces, (_, _) -> plane, mappings, () -> 0,
                new LineLog(new PrintStream(OutputStream.nullOutputStream()), () -> 0))
                .install(IDENTITY, List.of("eth0", "eth1"));
    }

    @Test
    void itStaysWhileItHasItsAddressWhateverElseComes() {
        interfaces.reached = List.of(new Reached(ETH1, MOA_B));
        Correspondent.Installed node = installed();

        interfaces.reached = List.of(new Reached(ETH0, MOA_A), new Reached(ETH1, MOA_B));

        assertThat(node.follow()).isFalse();
        assertThat(plane.owned(plane.active())).contains(new OwnMoa(MOA_B, ETH1.index()));
    }

    @Test
    void whenItsAddressGoesItTakesTheNextAndSpeaksFromThere() throws IOException {
        interfaces.reached = List.of(new Reached(ETH0, MOA_A));
        Correspondent.Installed node = installed();
        node.register();

        interfaces.reached = List.of();
        assertThat(node.follow()).as("nowhere to go").isFalse();
        interfaces.reached = List.of(new Reached(ETH1, MOA_B));
        assertThat(node.follow()).isTrue();
        node.register();

        assertThat(plane.owned(plane.active())).contains(new OwnMoa(MOA_B, ETH1.index()));
        assertThat(mappings.source).isEqualTo(MOA_B);
        assertThat(mappings.registered).containsExactly(MOA_A, MOA_B);
    }

    @Test
    void anotherAddressOfTheSameInterfaceIsAMoveToo() {
        interfaces.reached = List.of(new Reached(ETH0, MOA_A));
        Correspondent.Installed node = installed();

        interfaces.reached = List.of(new Reached(ETH0, MOA_A2));

        assertThat(node.follow()).isTrue();
        assertThat(node.moa()).isEqualTo(MOA_A2);
    }

    @Test
    void aMoveThatFailedIsTriedAgain() {
        interfaces.reached = List.of(new Reached(ETH0, MOA_A));
        Correspondent.Installed node = installed();
        interfaces.reached = List.of(new Reached(ETH1, MOA_B));

        plane.refuseNext("not yet");
        assertThatThrownBy(node::follow).isInstanceOf(ShimException.class);

        assertThat(node.moa()).isEqualTo(MOA_A);
        assertThat(node.follow()).isTrue();
        assertThat(plane.owned(plane.active())).contains(new OwnMoa(MOA_B, ETH1.index()));
    }

    @Test
    void withoutAnyAddressItIsNotInstalled() {
        assertThatThrownBy(this::installed).isInstanceOf(InterfacesException.class)
                .hasMessageContaining("eth0, eth1 has no global address");
    }
}
