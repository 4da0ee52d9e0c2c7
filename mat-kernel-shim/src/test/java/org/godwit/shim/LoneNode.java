package org.godwit.shim;

import static java.util.Objects.requireNonNull;
import static org.godwit.shim.Fixtures.HOA;
import static org.godwit.shim.Fixtures.MOA;
import static org.godwit.shim.Fixtures.MOA_STAGED;
import static org.godwit.shim.Fixtures.PEER;
import static org.godwit.shim.Fixtures.PEER_MOA;

import java.util.Optional;
import java.util.function.Consumer;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.shim.TestRun.Outcome;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A node of the kernel tier with nobody around it, made anew for each test: packets are put into its programs one by one. */
final class LoneNode implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {

    private static final int LOOPBACK = 1;

    private final Consumer<KernelDataPlane> more;
    private Namespace namespace;
    private KernelDataPlane plane;

    private LoneNode(Consumer<KernelDataPlane> more) {
        this.more = requireNonNull(more, "more is null");
    }

    /** Has {@link Fixtures#MOA} in the first slot, which is active. */
    static LoneNode withOneMoa() {
        return new LoneNode(_ -> {});
    }

    /** Has {@link Fixtures#MOA_STAGED} in the second slot, too, and a peer with one MoA. */
    static LoneNode withTwoMoasAndAPeer() {
        return new LoneNode(plane -> {
            plane.own(Slot.SECOND, MobileAddress.of(MOA_STAGED), LOOPBACK);
            plane.putPeer(HomeAddress.of(PEER), MobileAddress.of(PEER_MOA), Optional.empty(), Optional.empty());
        });
    }

    KernelDataPlane plane() {
        return plane;
    }

    /** What becomes of a packet. @param program one of {@link Abi}'s names */
    Outcome run(String program, byte[] packet) {
        return namespace.call(() -> TestRun.run(plane.programFd(program), Packets.frame(packet), 0, 0));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Tier.KERNEL.needs(Needs.lackForKernel());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        namespace = new Namespace("lone");
        plane = namespace.call(
                () -> KernelDataPlane.install(HomeAddress.of(HOA), "2001:db8:face::/64", Optional.empty()));
        plane.own(Slot.FIRST, MobileAddress.of(MOA), LOOPBACK);
        more.accept(plane);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (plane != null) {
            plane.close();
            plane = null;
        }
        if (namespace != null) {
            namespace.close();
            namespace = null;
        }
    }
}
