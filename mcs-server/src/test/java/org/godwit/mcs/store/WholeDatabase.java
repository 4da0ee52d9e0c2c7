package org.godwit.mcs.store;

import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.ims.HomeGateway;
import org.godwit.mcs.ims.SavedSubscription;
import org.godwit.mcs.precheck.Check;
import org.godwit.mcs.precheck.Finding;
import org.godwit.mcs.scripted.Inventory;
import org.godwit.mcs.workflow.CopyDestination;
import org.godwit.mcs.workflow.CopyFigures;
import org.godwit.mcs.workflow.DiskFigures;
import org.godwit.mcs.workflow.Event;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plans;
import org.godwit.mcs.workflow.Workflow;
import org.godwit.model.Compression;
import org.godwit.model.CopyOptions;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Name;
import org.godwit.model.Silences;
import org.godwit.model.SitePrefix;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.godwit.planner.prediction.Baggage;
import org.godwit.planner.prediction.Corrections;
import org.godwit.planner.prediction.Estimate;
import org.godwit.planner.prediction.Overheads;
import org.godwit.planner.prediction.Prediction;
import org.godwit.protocol.identity.AuditChain;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.godwit.protocol.rest.Resources.AuditEntry;

/** Rows in all tables, written and read by the store's own code. */
final class WholeDatabase {

    private static final Instant NOW = Instant.parse("2026-11-21T09:00:00.000123Z");
    private static final Instant LATER = Instant.parse("2126-11-21T09:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final HomeAddress OTHER = HomeAddress.of("2001:db8:face::2");
    private static final HomeAddress PEER = HomeAddress.of("2001:db8:face::9");
    private static final BigInteger GOOD = BigInteger.valueOf(0xabcdef01L);
    private static final BigInteger REVOKED = BigInteger.valueOf(0xabcdef02L);
    private static final byte[] HASH = new byte[]{1, 2, 3 };
    private static final byte[] OTHER_HASH = new byte[]{4, 5, 6 };
    private static final Event[] TO_THE_COPY = {new Event.ChecksPassed(Plans.SECONDARY_MAC, false, List.of()),
            new Event.GuestReady(), new Event.GatewayStaged(),
            new Event.AddressStaged(Plans.MOA_B, Plans.SECONDARY_MAC.linkLocal()), new Event.MappingStaged(0),
            new Event.GuestArmed(), new Event.TargetReady(new CopyDestination("qemu:///x", "br0", "idle0")),
            new Event.CopyStarted() };
    private static final Event[] TO_THE_END = {
            new Event.CopyCompleted(new CopyFigures(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
                    Optional.of(new DiskFigures(10, 11, 12, true, "they are few"))),
            new Event.VmMoved(), new Event.MappingActivated(), new Event.GuestSettled(Silences.UNKNOWN),
            new Event.StagingRemoved() };

    private final Database database;
    private final InventoryStore inventory;
    private final MigrationStore migrations;
    private final LoneDeedStore deeds;
    private final SqliteMappingStore mappings;
    private final HostIdentityStore hosts;
    private final OperatorTokenStore tokens;
    private final AuditStore audit;
    private final ImsIdentityStore ims;

    WholeDatabase(Database database) {
        AtomicLong ids = new AtomicLong();
        this.database = database;
        this.inventory = new InventoryStore(database, CLOCK);
        this.migrations = new MigrationStore(database, CLOCK, () -> new UUID(0x4000, ids.incrementAndGet()));
        this.deeds = new LoneDeedStore(database);
        this.mappings = new SqliteMappingStore(database);
        this.hosts = new HostIdentityStore(database);
        this.tokens = new OperatorTokenStore(database);
        this.audit = new AuditStore(database);
        this.ims = new ImsIdentityStore(database);
    }

    void fill() {
        migrations.takeOver();
        fillInventory();
        fillMigrations();
        fillIdentities();
        fillMappings();
        CreationStore creations = new CreationStore(database, CLOCK);
        creations.claim(HASH, OTHER_HASH);
        creations.answer(HASH, OTHER_HASH);
    }

    private void fillInventory() {
        inventory.addSite(Name.of("a"));
        inventory.addSite(Name.of("b"));
        inventory.addGateway(Name.of("a"), Plans.GATEWAY_A);
        inventory.addGateway(Name.of("b"), Plans.GATEWAY_B);
        inventory.addHost(Inventory.HOST_A, Name.of("a"));
        inventory.addHost(Inventory.HOST_B, Name.of("b"));
        inventory.sawAgent(Inventory.HOST_A, "qemu+tls://host-a/system");
        inventory.addVm(new Vm(Inventory.VM, "vm1-domain", Plans.VM_UUID, Plans.HOA, Inventory.HOST_A, Epoch.NONE));
        inventory.addVm(new Vm(Name.of("vm2"), "vm2-domain", new UUID(0x4000, 0x8000_0000_0000_0002L), OTHER,
                Inventory.HOST_A, Epoch.NONE));
        inventory.addPeer(new Peer(Name.of("cn"), PEER));
    }

    /** One that has come to its end, one that was refused, and one in the midst of its copy. */
    private void fillMigrations() {
        UUID settled = begin(Inventory.VM, CopyOptions.STANDARD, TO_THE_COPY, TO_THE_END);
        Estimate estimate = new Estimate(1, 2, Double.POSITIVE_INFINITY);
        migrations.keep(settled, new Prediction.Converges(org.godwit.planner.prediction.Strategy.PRE_COPY, estimate,
                estimate, estimate, estimate, Overheads.NONE), Corrections.NONE);
        migrations.keep(settled, Baggage.of(1e9, 1e8));
        deeds.record(new LoneDeed(Inventory.HOST_B, Plans.VM_UUID, new Epoch(1), LoneDeed.Kind.SETTLE, true, NOW), 1);
        Finding error = new Finding(Check.PATH, Finding.Severity.ERROR, "it's too \"narrow\"", "Widen it.");
        begin(Name.of("vm2"), CopyOptions.STANDARD, new Event[]{new Event.ChecksRefused(List.of(error)) });
        UUID copying = begin(Name.of("vm2"),
                new CopyOptions(OptionalInt.of(40), OptionalInt.of(70), true, OptionalInt.empty(), Compression.XBZRLE,
                        Optional.of(Duration.ofSeconds(90)), StallAction.SUSPEND),
                TO_THE_COPY,
                new Event[]{new Event.Overdue(MigrationPhase.COPYING) });
        migrations.requestCancel(copying);
    }

    private UUID begin(Name vm, CopyOptions options, Event[]... events) {
        MigrationState state = migrations.begin(inventory.vm(vm).orElseThrow(), Inventory.HOST_B, Plans.GATEWAY_B,
                Strategy.PRE_COPY, options, false, Optional.empty());
        UUID id = state.plan().id();
        migrations.admit(id);
        for (Event event : Arrays.stream(events).flatMap(Arrays::stream).toList()) {
            Optional<UUID> answered = migrations.open(id).stream().map(Intent::commandId).findFirst();
            var decision = Workflow.decide(state, event).orElseThrow();
            migrations.enter(decision, answered, event, "because");
            state = decision.state();
        }
        return id;
    }

    private void fillIdentities() {
        hosts.setToken(Inventory.HOST_A, HASH, LATER);
        hosts.setToken(Inventory.HOST_B, OTHER_HASH, LATER);
        hosts.enrol(new HostIdentityStore.Shown(OTHER_HASH, HASH), REVOKED, Inventory.HOST_B, LATER, NOW);
        hosts.revoke(Inventory.HOST_B, NOW);
        hosts.enrol(new HostIdentityStore.Shown(HASH, HASH), GOOD, Inventory.HOST_A, LATER, NOW);
        hosts.claimName("host-a.example", Inventory.HOST_A);
        tokens.add(new OperatorTokenStore.Row(Name.of("watcher"), "viewer", NOW, LATER, Optional.empty()), HASH);
        tokens.add(new OperatorTokenStore.Row(Name.of("former"), "admin", NOW, LATER, Optional.empty()), OTHER_HASH);
        tokens.revoke(Name.of("former"), NOW);
        audit.append(last -> List.of(new AuditEntry(1, NOW.toString(), "former", "::1", "POST /v1/sites", "201",
                AuditChain.hash(AuditChain.BEGINNING, 1, NOW.toString(), "former", "::1", "POST /v1/sites", "201"),
                "signed")));
        ims.add(GOOD, LATER, NOW);
    }

    private void fillMappings() {
        MappingKey key = MappingKey.of(new byte[32]);
        mappings.saveAll(
                List.of(Enrolment.of(Plans.HOA, key).withRegisterNonce(-1),
                        Enrolment.of(OTHER, key).withSuccessor(MappingKey.of(new byte[16]), LATER),
                        Enrolment.of(PEER, key).revoked()),
                List.of(new Mapping(Plans.HOA, Optional.of(Plans.MOA_A), Optional.of(Plans.MOA_B), Optional.empty(),
                        new Epoch(1)), Mapping.none(OTHER)));
        mappings.saveSubscriptions(List.of(new SavedSubscription(new SavedSubscription.Id(Plans.HOA, PEER),
                new InetSocketAddress("2001:db8:c::2", 40_000), -7, LATER)), List.of());
        mappings.saveOwed(List.of(OTHER));
        mappings.saveGateways(List.of(new HomeGateway(PEER, SitePrefix.of("2001:db8:9::/64"),
                SitePrefix.of("2001:db8:face::/64"))));
    }

    /**
     * What is read of it, a line each. Of what later schemas may have more of only what has been there from the first kept one
     * on; forecasts, which nobody depends on, are left out.
     */
    List<String> read() {
        List<Object> all = new ArrayList<>();
        all.addAll(inventory.sites());
        all.addAll(inventory.gateways().entrySet());
        all.addAll(inventory.hosts());
        all.addAll(inventory.vms());
        all.addAll(inventory.peers());
        all.add(inventory.epoch(Plans.VM_UUID));
        for (MigrationRecord migration : migrations.newest(new Page(Optional.empty(), 100), MigrationFilter.ALL)) {
            UUID id = migration.state().plan().id();
            all.add(text(migration));
            all.addAll(migration.phases());
            all.addAll(migration.findings());
            all.addAll(migrations.steps(id));
            all.addAll(migrations.open(id));
            all.addAll(deeds.of(id));
        }
        all.addAll(database.events().after(0, EventLog.Filter.ALL, 1_000));
        all.add(hosts.invited(new HostIdentityStore.Shown(HASH, HASH), NOW));
        all.add(hosts.certificate(GOOD));
        all.add(hosts.certificate(REVOKED));
        all.addAll(hosts.revoked(NOW));
        all.add(hosts.claimName("host-a.example", Inventory.HOST_B));
        all.addAll(tokens.list());
        all.addAll(audit.after(0, 100));
        all.add(ims.isKnown(GOOD));
        all.add(new CreationStore(database, CLOCK).claim(HASH, OTHER_HASH) instanceof CreationStore.Claim.Answered it
                ? HexFormat.of().formatHex(it.answer())
                : "not answered");
        mappings.readEnrolments(all::add);
        all.add(mappings.key(OTHER).map(key -> HexFormat.of().formatHex(key.secret())));
        mappings.readMappings(all::add);
        mappings.readSubscriptions(all::add);
        mappings.readOwed(all::add);
        mappings.readGateways(all::add);
        return all.stream().map(Object::toString).toList();
    }

    private static String text(MigrationRecord migration) {
        MigrationState state = migration.state();
        CopyOptions options = state.plan().options();
        return Stream.of(state.plan().id(), state.plan().vm(), state.plan().source(), state.plan().target(),
                state.plan().targetGateway(), state.plan().epoch(), state.plan().strategy(), state.plan().rehearsal(),
                options.bandwidthMebibytesPerSecond(), options.downtimeLimitMs(), options.autoConverge(),
                options.parallelConnections(), options.compression(), options.timeMax(), options.onStall(),
                state.phase(), state.changed(), state.knowledge().secondaryMac(), state.knowledge().moa(),
                state.knowledge().linkLocal(), state.knowledge().destination(),
                state.knowledge().figures().map(CopyFigures::bytesTransferred),
                state.knowledge().figures().map(CopyFigures::pagesDirty), state.knowledge().failure(),
                state.knowledge().attempts(), state.knowledge().overdue(), migration.createdAt(),
                migration.admittedAt(), migration.endedAt(), migration.cancelRequested()).map(Object::toString)
                .collect(Collectors.joining(" "));
    }
}
