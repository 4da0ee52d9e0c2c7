package org.godwit.mcs.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import org.godwit.mcs.ims.Clocks;
import org.godwit.mcs.ims.ImsPolicy;
import org.godwit.mcs.ims.ImsServer;
import org.godwit.mcs.scripted.FakeAgents;
import org.godwit.mcs.scripted.Inventory;
import org.godwit.mcs.scripted.ScriptedHosts;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.store.MigrationStore;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.mcs.store.Vm;
import org.godwit.mcs.workflow.Plans;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Name;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests that are told who they are, on a real database and a real mapping server, with scripted hosts. */
class GuestsTest {

    private static final HomeAddress SECOND = HomeAddress.of("2001:db8:face::2");
    private static final HomeAddress PEER = HomeAddress.of("2001:db8:face::99");
    private static final MobileAddress MOA = MobileAddress.of("2001:db8:a::2");

    @TempDir
    Path folder;

    private final ScriptedHosts hosts = new ScriptedHosts();

    @Test
    void aGuestWhoseAddressIsAnothersKeepsTheOthersOfItsHostFromNothing() {
        try (Database database = Database.open(folder.resolve("data"));
                ImsServer ims = ImsServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new SqliteMappingStore(database), ImsPolicy.DEFAULT,
                        new Clocks(InstantSource.system(), System::nanoTime))) {
            InventoryStore inventory = Inventory.fill(database);
            inventory.addVm(new Vm(Name.of("vm2"), "vm2-domain",
                    UUID.fromString("00000000-0000-4000-8000-000000000002"), SECOND, Inventory.HOST_A, Epoch.NONE));
            for (HomeAddress hoa : new HomeAddress[]{Plans.HOA, SECOND, PEER }) {
                ims.enrol(hoa, MappingKey.of(new byte[32]));
            }
            ims.activate(PEER, Plans.MOA_A, Epoch.NONE);
            for (int i = 0; i < 2; i++) {
                hosts.script("host-a CHECK_GUEST", _ -> Outcome.newBuilder()
                        .setGuest(ScriptedHosts.guest().setEnrolled(false)));
            }
            hosts.script("host-a ENROL_GUEST", outcome -> outcome);
            hosts.script("host-a ENROL_GUEST", outcome -> outcome
                    .setGuest(outcome.getGuestBuilder().setActiveMoa(MOA.toString())));

            new Guests(database, inventory, new MigrationStore(database, InstantSource.system(), UUID::randomUUID),
                    new FakeAgents(hosts), ims, Inventory.NETWORK, Duration.ofSeconds(20)).refresh(Inventory.HOST_A);

            assertThat(ims.lookup(Plans.HOA)).as("it is a peer's").isEmpty();
            assertThat(ims.lookup(SECOND)).flatMap(Mapping::active).contains(MOA);
        }
    }
}
