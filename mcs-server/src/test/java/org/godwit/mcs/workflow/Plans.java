package org.godwit.mcs.workflow;

import java.util.UUID;
import org.godwit.model.CopyOptions;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;

/** A VM at site a that is to move to site b. */
public final class Plans {

    public static final HomeAddress HOA = HomeAddress.of("2001:db8:face::1");
    public static final UUID VM_UUID = UUID.fromString("00000000-0000-4000-8000-000000000001");
    public static final MacAddress SECONDARY_MAC = MacAddress.of("52:54:00:00:01:02");
    public static final Gateway GATEWAY_A = new Gateway(LinkLocalAddress.of("fe80::a1"),
            MacAddress.of("02:00:00:00:00:a1"), SitePrefix.of("2001:db8:a::/64"));
    public static final Gateway GATEWAY_B = new Gateway(LinkLocalAddress.of("fe80::b1"),
            MacAddress.of("02:00:00:00:00:b1"), SitePrefix.of("2001:db8:b::/64"));
    public static final MobileAddress MOA_A = MobileAddress.of("2001:db8:a::5054:ff:fe00:101");
    public static final MobileAddress MOA_B = GATEWAY_B.prefix().addressOf(SECONDARY_MAC);

    private Plans() {}

    public static Plan fromAToB() {
        return fromAToB(false);
    }

    public static Plan fromAToB(boolean rehearsal) {
        return new Plan(UUID.fromString("00000000-0000-4000-8000-0000000000aa"),
                new Plan.Vm(Name.of("vm1"), "vm1-domain", VM_UUID, HOA), Name.of("host-a"), Name.of("host-b"),
                GATEWAY_B, new Epoch(1), Strategy.PRE_COPY, CopyOptions.STANDARD, rehearsal);
    }

    public static Plan fromAToB(Strategy strategy, StallAction onStall) {
        Plan plan = fromAToB();
        return new Plan(plan.id(), plan.vm(), plan.source(), plan.target(), plan.targetGateway(), plan.epoch(),
                strategy, CopyOptions.STANDARD.onStall(onStall), false);
    }
}
