package org.godwit.mcs.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Sites, gateways, hosts, VMs and peers. Adding what exists, and removing what is used, throws {@link ConflictException}. */
public final class InventoryStore {

    private static final String VMS = "SELECT v.*, coalesce(e.epoch, 0) AS epoch FROM vms v"
            + " LEFT JOIN epochs e ON e.vm_uuid = v.uuid ";

    /** A resource and the column of its name. */
    public enum Table {
        SITES("name"), GATEWAYS("site"), HOSTS("name"), VMS("name"), PEERS("name");

        private final String key;

        Table(String key) {
            this.key = key;
        }

        private String where() {
            return name().toLowerCase(Locale.ROOT) + " WHERE " + key + " = :name";
        }
    }

    private final Jdbi jdbi;
    private final EventLog events;
    private final InstantSource clock;

    public InventoryStore(Database database, InstantSource clock) {
        this.jdbi = database.jdbi();
        this.events = database.events();
        this.clock = clock;
    }

    /** The number of the event that last changed it; empty when there is none. */
    public OptionalLong version(Table table, Name name) {
        return jdbi.withHandle(h -> version(h, table, name));
    }

    // ---- sites and gateways ----

    public void addSite(Name site) {
        jdbi.useTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM sites WHERE name = :key", site, "site " + site + " exists already", "name");
            h.execute("INSERT INTO sites (name, version) VALUES (?, ?)", site.text(),
                    happened(h, EventKind.SITE_ADDED, site));
        });
    }

    public List<Name> sites() {
        return jdbi.withHandle(h -> h.createQuery("SELECT name FROM sites ORDER BY name")
                .map((rs, _) -> Name.of(rs.getString(1))).list());
    }

    public List<Name> sites(Page page) {
        return jdbi.withHandle(h -> h.select("SELECT name FROM sites WHERE name > ? ORDER BY name LIMIT ?", page.from(),
                page.limit()).map((rs, _) -> Name.of(rs.getString(1))).list());
    }

    /** @return false when there is none */
    public boolean removeSite(Name site, Precondition precondition) {
        return jdbi.inTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM hosts WHERE site = :key", site, "site " + site + " has hosts: remove them first",
                    null);
            refuseIf(h, "SELECT 1 FROM gateways WHERE site = :key", site,
                    "site " + site + " has a gateway: remove it first", null);
            return remove(h, Table.SITES, site, EventKind.SITE_REMOVED, precondition);
        });
    }

    public void addGateway(Name site, Gateway gateway) {
        jdbi.useTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM gateways WHERE site = :key", site, "site " + site + " has a gateway already",
                    "site");
            refuseTakenPrefix(h, site, gateway);
            h.execute("INSERT INTO gateways (site, link_local, mac, prefix, version) VALUES (?, ?, ?, ?, ?)",
                    site.text(),
                    gateway.linkLocal().toString(), gateway.mac().toString(), gateway.prefix().toString(),
                    happened(h, EventKind.GATEWAY_ADDED, site));
        });
    }

    /** Migrations that run go on with the gateway that they began with. @return false when the site has none */
    public boolean replaceGateway(Name site, Gateway gateway, Precondition precondition) {
        return jdbi.inTransaction(h -> {
            if (!isThere(h, Table.GATEWAYS, site, precondition)) {
                return false;
            }
            refuseTakenPrefix(h, site, gateway);
            h.execute("UPDATE gateways SET link_local = ?, mac = ?, prefix = ?, version = ? WHERE site = ?",
                    gateway.linkLocal().toString(), gateway.mac().toString(), gateway.prefix().toString(),
                    happened(h, EventKind.GATEWAY_CHANGED, site), site.text());
            return true;
        });
    }

    private static void refuseTakenPrefix(Handle h, Name site, Gateway gateway) {
        refuseIf(h, "SELECT 1 FROM gateways WHERE prefix = :key AND site <> '" + site + "'", gateway.prefix(),
                "prefix " + gateway.prefix() + " belongs to another site's gateway", "prefix");
    }

    /** By the name of their site. */
    public Map<Name, Gateway> gateways() {
        Map<Name, Gateway> gateways = new TreeMap<>();
        jdbi.useHandle(h -> h.createQuery("SELECT * FROM gateways")
                .map((rs, _) -> gateways.put(Name.of(rs.getString("site")), gateway(rs))).list());
        return gateways;
    }

    public Optional<Gateway> gateway(Name site) {
        return jdbi.withHandle(h -> h.select("SELECT * FROM gateways WHERE site = ?", site.text())
                .map((rs, _) -> gateway(rs)).findOne());
    }

    /** By the name of their site, in this order. */
    public Map<Name, Gateway> gateways(Page page) {
        Map<Name, Gateway> gateways = new TreeMap<>();
        jdbi.useHandle(h -> h
                .select("SELECT * FROM gateways WHERE site > ? ORDER BY site LIMIT ?", page.from(), page.limit())
                .map((rs, _) -> gateways.put(Name.of(rs.getString("site")), gateway(rs))).list());
        return gateways;
    }

    public boolean removeGateway(Name site, Precondition precondition) {
        return jdbi
                .inTransaction(h -> remove(h, Table.GATEWAYS, site, EventKind.GATEWAY_REMOVED, precondition));
    }

    // ---- hosts ----

    public void addHost(Name host, Name site) {
        jdbi.useTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM hosts WHERE name = :key", host, "host " + host + " exists already", "name");
            h.execute("INSERT INTO hosts (name, site, version) VALUES (?, ?, ?)", host.text(),
                    site.text(), happened(h, EventKind.HOST_ADDED, host));
        });
    }

    public List<Host> hosts() {
        return jdbi.withHandle(h -> h.createQuery("SELECT * FROM hosts ORDER BY name").map((rs, _) -> host(rs)).list());
    }

    /** @param site only those of one site */
    public List<Host> hosts(Page page, Optional<Name> site) {
        return jdbi.withHandle(h -> h
                .createQuery("SELECT * FROM hosts WHERE name > :from AND (:site IS NULL OR site = :site)"
                        + " ORDER BY name LIMIT :limit")
                .bind("from", page.from()).bind("site", site.map(Name::text)).bind("limit", page.limit())
                .map((rs, _) -> host(rs)).list());
    }

    public Optional<Host> host(Name name) {
        return jdbi.withHandle(
                h -> h.select("SELECT * FROM hosts WHERE name = ?", name.text()).map((rs, _) -> host(rs)).findOne());
    }

    /** Writes only what is new: nearly all agents that come have been here before. */
    public void sawAgent(Name host, String libvirtUri) {
        if (host(host).flatMap(Host::libvirtUri).filter(libvirtUri::equals).isEmpty()) {
            jdbi.useTransaction(h -> h.execute("UPDATE hosts SET libvirt_uri = ? WHERE name = ?", libvirtUri,
                    host.text()));
        }
    }

    /** Notes who has come and who has gone. */
    public void notePresence(List<HostPresence> changes) {
        jdbi.useTransaction(h -> changes.forEach(change -> happened(h,
                change.present() ? EventKind.HOST_CONNECTED : EventKind.HOST_DISCONNECTED, change.host())));
    }

    public boolean removeHost(Name host, Precondition precondition) {
        return jdbi.inTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM vms WHERE host = :key", host,
                    "host " + host + " has VMs: migrate or remove them first",
                    null);
            refuseIf(h, "SELECT 1 FROM migrations WHERE ended_at_us IS NULL AND :key IN (source, target)", host,
                    "a VM is being migrated from or to host " + host, null);
            HostIdentityStore.noteRevoked(h, host, clock.instant());
            return remove(h, Table.HOSTS, host, EventKind.HOST_REMOVED, precondition);
        });
    }

    // ---- VMs ----

    /** The epoch is not written: what is known of the UUID from earlier goes on. */
    public void addVm(Vm vm) {
        jdbi.useTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM vms WHERE name = :key", vm.name(), "VM " + vm.name() + " exists already",
                    "name");
            refuseIf(h, "SELECT 1 FROM vms WHERE uuid = :key", vm.uuid(),
                    "domain " + vm.domain() + " (" + vm.uuid() + ") is registered already", "domain");
            refuseTakenHoa(h, vm.hoa());
            h.execute("INSERT INTO vms (name, domain, uuid, hoa, host, version) VALUES (?, ?, ?, ?, ?, ?)",
                    vm.name().text(), vm.domain(), vm.uuid().toString(), vm.hoa().toString(), vm.host().text(),
                    happened(h, EventKind.VM_ADDED, vm.name()));
        });
    }

    public List<Vm> vms() {
        return jdbi.withHandle(h -> h.createQuery(VMS + "ORDER BY v.name").map((rs, _) -> vm(rs)).list());
    }

    /** @param host only those at one host */
    public List<Vm> vms(Page page, Optional<Name> host) {
        return jdbi.withHandle(h -> h
                .createQuery(VMS + "WHERE v.name > :from AND (:host IS NULL OR v.host = :host)"
                        + " ORDER BY v.name LIMIT :limit")
                .bind("from", page.from()).bind("host", host.map(Name::text)).bind("limit", page.limit())
                .map((rs, _) -> vm(rs)).list());
    }

    public List<Vm> vmsOn(Name host) {
        return jdbi.withHandle(h -> h.select(VMS + "WHERE v.host = ? ORDER BY v.name", host.text())
                .map((rs, _) -> vm(rs)).list());
    }

    public Optional<Vm> vm(Name name) {
        return jdbi.withHandle(h -> h.select(VMS + "WHERE v.name = ?", name.text()).map((rs, _) -> vm(rs)).findOne());
    }

    /** The newest epoch of the UUID, registered now or not. */
    public Epoch epoch(UUID vmUuid) {
        return jdbi.withHandle(h -> h.select("SELECT epoch FROM epochs WHERE vm_uuid = ?", vmUuid.toString())
                .mapTo(Long.class).findOne()).map(Epoch::new).orElse(Epoch.NONE);
    }

    public boolean removeVm(Name name, Precondition precondition) {
        return jdbi.inTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM migrations WHERE ended_at_us IS NULL AND vm = :key", name,
                    "VM " + name + " is being migrated: wait or cancel first", null);
            return remove(h, Table.VMS, name, EventKind.VM_REMOVED, precondition);
        });
    }

    // ---- peers ----

    public void addPeer(Peer peer) {
        jdbi.useTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM peers WHERE name = :key", peer.name(), "peer " + peer.name() + " exists already",
                    "name");
            refuseTakenHoa(h, peer.hoa());
            h.execute("INSERT INTO peers (name, hoa, version) VALUES (?, ?, ?)", peer.name().text(),
                    peer.hoa().toString(), happened(h, EventKind.PEER_ADDED, peer.name()));
        });
    }

    public List<Peer> peers() {
        return jdbi.withHandle(h -> h.createQuery("SELECT * FROM peers ORDER BY name").map((rs, _) -> peer(rs)).list());
    }

    public List<Peer> peers(Page page) {
        return jdbi.withHandle(h -> h.select("SELECT * FROM peers WHERE name > ? ORDER BY name LIMIT ?", page.from(),
                page.limit()).map((rs, _) -> peer(rs)).list());
    }

    public Optional<Peer> peer(Name name) {
        return jdbi.withHandle(
                h -> h.select("SELECT * FROM peers WHERE name = ?", name.text()).map((rs, _) -> peer(rs)).findOne());
    }

    public boolean removePeer(Name name, Precondition precondition) {
        return jdbi.inTransaction(h -> remove(h, Table.PEERS, name, EventKind.PEER_REMOVED, precondition));
    }

    /** Of VMs and peers, in the order of their text. */
    public List<HomeAddress> homeAddresses(Page page) {
        return jdbi.withHandle(h -> h.createQuery("SELECT hoa FROM vms WHERE hoa > :from UNION ALL"
                + " SELECT hoa FROM peers WHERE hoa > :from ORDER BY hoa LIMIT :limit").bind("from", page.from())
                .bind("limit", page.limit()).map((rs, _) -> HomeAddress.of(rs.getString(1))).list());
    }

    // ---- how ----

    private long happened(Handle h, EventKind kind, Name subject) {
        Name vm = kind == EventKind.VM_ADDED || kind == EventKind.VM_REMOVED ? subject : null;
        return events.append(h, MigrationStore.microseconds(clock.instant()), kind, subject, vm, null, null);
    }

    private boolean remove(Handle h, Table table, Name name, EventKind kind, Precondition precondition) {
        if (!isThere(h, table, name, precondition)) {
            return false;
        }
        h.createUpdate("DELETE FROM " + table.where()).bind("name", name.text()).execute();
        happened(h, kind, name);
        return true;
    }

    /** @throws Precondition.ChangedException when it has another version */
    private static boolean isThere(Handle h, Table table, Name name, Precondition precondition) {
        OptionalLong version = version(h, table, name);
        version.ifPresent(it -> precondition.check(name.text(), it));
        return version.isPresent();
    }

    private static OptionalLong version(Handle h, Table table, Name name) {
        return h.createQuery("SELECT version FROM " + table.where()).bind("name", name.text()).mapTo(Long.class)
                .findOne().map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    /** Whether a VM or a peer has the HoA already. */
    public void refuseTakenHoa(HomeAddress hoa) {
        jdbi.useHandle(h -> refuseTakenHoa(h, hoa));
    }

    private static void refuseTakenHoa(Handle h, HomeAddress hoa) {
        refuseIf(h, "SELECT 1 FROM vms WHERE hoa = :key UNION SELECT 1 FROM peers WHERE hoa = :key", hoa,
                "HoA " + hoa + " is taken", "hoa");
    }

    private static void refuseIf(Handle h, String query, Object key, String message, String field) {
        if (h.createQuery(query).bind("key", key.toString()).mapTo(Integer.class).findFirst().isPresent()) {
            throw new ConflictException(message, field);
        }
    }

    private static Gateway gateway(ResultSet rs) throws SQLException {
        return new Gateway(LinkLocalAddress.of(rs.getString("link_local")), MacAddress.of(rs.getString("mac")),
                SitePrefix.of(rs.getString("prefix")));
    }

    private static Host host(ResultSet rs) throws SQLException {
        return new Host(Name.of(rs.getString("name")), Name.of(rs.getString("site")),
                Optional.ofNullable(rs.getString("libvirt_uri")));
    }

    private static Vm vm(ResultSet rs) throws SQLException {
        return new Vm(Name.of(rs.getString("name")), rs.getString("domain"), UUID.fromString(rs.getString("uuid")),
                HomeAddress.of(rs.getString("hoa")), Name.of(rs.getString("host")), new Epoch(rs.getLong("epoch")));
    }

    private static Peer peer(ResultSet rs) throws SQLException {
        return new Peer(Name.of(rs.getString("name")), HomeAddress.of(rs.getString("hoa")));
    }
}
