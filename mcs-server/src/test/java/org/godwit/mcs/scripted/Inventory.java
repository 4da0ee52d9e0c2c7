package org.godwit.mcs.scripted;

import inet.ipaddr.IPAddressString;
import java.time.InstantSource;
import org.godwit.mcs.runner.HomeNetwork;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.store.Vm;
import org.godwit.mcs.workflow.Plans;
import org.godwit.model.Epoch;
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;

/** Sites a and b with a gateway and a host each, and the VM of {@link Plans} at host-a. */
public final class Inventory {

    public static final Name VM = Name.of("vm1");
    public static final Name HOST_A = Name.of("host-a");
    public static final Name HOST_B = Name.of("host-b");
    public static final HomeNetwork NETWORK = new HomeNetwork(SitePrefix.of("2001:db8:face::/64"),
            new IPAddressString("2001:db8:c::1").getAddress().toIPv6(), 4342);

    private Inventory() {}

    public static InventoryStore fill(Database database) {
        InventoryStore inventory = new InventoryStore(database, InstantSource.system());
        inventory.addSite(Name.of("a"));
        inventory.addSite(Name.of("b"));
        inventory.addGateway(Name.of("a"), Plans.GATEWAY_A);
        inventory.addGateway(Name.of("b"), Plans.GATEWAY_B);
        inventory.addHost(HOST_A, Name.of("a"));
        inventory.addHost(HOST_B, Name.of("b"));
        inventory.addVm(new Vm(VM, "vm1-domain", Plans.VM_UUID, Plans.HOA, HOST_A, Epoch.NONE));
        return inventory;
    }
}
