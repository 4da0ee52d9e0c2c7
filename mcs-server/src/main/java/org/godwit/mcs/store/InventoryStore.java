package org.godwit.mcs.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final Jdbi jdbi;

    public InventoryStore(Database database) {
        this.jdbi = database.jdbi();
    }

    // ---- sites and gateways ----

    public void addSite(Name site) {
        jdbi.useTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM sites WHERE name = :key", site, "site " + site + " exists already", "name");
            h.execute("INSERT INTO sites (name) VALUES (?)", site.text());
        });
    }

    public List<Name> sites() {
        return jdbi.withHandle(h -> h.createQuery("SELECT name FROM sites ORDER BY name")
                .map((rs, _) -> Name.of(rs.getString(1))).list());
    }

    /** @return false when there is none */
    public boolean removeSite(Name site) {
        return jdbi.inTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM hosts WHERE site = :key", site, "site " + site + " has hosts: remove them first",
                    null);
            refuseIf(h, "SELECT 1 FROM gateways WHERE site = :key", site,
                    "site " + site + " has a gateway: remove it first", null);
            return h.execute("DELETE FROM sites WHERE name = ?", site.text()) > 0;
        });
    }

    public void addGateway(Name site, Gateway gateway) {
        jdbi.useTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM gateways WHERE site = :key", site, "site " + site + " has a gateway already",
                    "site");
            refuseIf(h, "SELECT 1 FROM gateways WHERE prefix = :key", gateway.prefix(),
                    "prefix " + gateway.prefix() + " belongs to another site's gateway", "prefix");
            h.execute("INSERT INTO gateways (site, link_local, mac, prefix) VALUES (?, ?, ?, ?)", site.text(),
                    gateway.linkLocal().toString(), gateway.mac().toString(), gateway.prefix().toString());
        });
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

    public boolean removeGateway(Name site) {
        return jdbi.withHandle(h -> h.execute("DELETE FROM gateways WHERE site = ?", site.text()) > 0);
    }

    // ---- hosts ----

    /** @param tokenHash SHA-256 of the token that its agent proves itself with */
    public void addHost(Name host, Name site, byte[] tokenHash) {
        jdbi.useTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM hosts WHERE name = :key", host, "host " + host + " exists already", "name");
            h.execute("INSERT INTO hosts (name, site, token_hash) VALUES (?, ?, ?)", host.text(), site.text(),
                    tokenHash);
        });
    }

    public List<Host> hosts() {
        return jdbi.withHandle(h -> h.createQuery("SELECT * FROM hosts ORDER BY name").map((rs, _) -> host(rs)).list());
    }

    public Optional<Host> host(Name name) {
        return jdbi.withHandle(
                h -> h.select("SELECT * FROM hosts WHERE name = ?", name.text()).map((rs, _) -> host(rs)).findOne());
    }

    public Optional<byte[]> tokenHash(Name host) {
        return jdbi.withHandle(h -> h.select("SELECT token_hash FROM hosts WHERE name = ?", host.text())
                .mapTo(byte[].class).findOne());
    }

    public void sawAgent(Name host, String libvirtUri) {
        jdbi.useHandle(h -> h.execute("UPDATE hosts SET libvirt_uri = ? WHERE name = ?", libvirtUri, host.text()));
    }

    public boolean removeHost(Name host) {
        return jdbi.inTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM vms WHERE host = :key", host,
                    "host " + host + " has VMs: migrate or remove them first",
                    null);
            refuseIf(h, "SELECT 1 FROM migrations WHERE ended_at_us IS NULL AND target = :key", host,
                    "a VM is being migrated to host " + host, null);
            return h.execute("DELETE FROM hosts WHERE name = ?", host.text()) > 0;
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
            h.execute("INSERT INTO vms (name, domain, uuid, hoa, host) VALUES (?, ?, ?, ?, ?)", vm.name().text(),
                    vm.domain(), vm.uuid().toString(), vm.hoa().toString(), vm.host().text());
        });
    }

    public List<Vm> vms() {
        return jdbi.withHandle(h -> h.createQuery(VMS + "ORDER BY v.name").map((rs, _) -> vm(rs)).list());
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

    public boolean removeVm(Name name) {
        return jdbi.inTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM migrations WHERE ended_at_us IS NULL AND vm = :key", name,
                    "VM " + name + " is being migrated: wait or cancel first", null);
            return h.execute("DELETE FROM vms WHERE name = ?", name.text()) > 0;
        });
    }

    // ---- peers ----

    public void addPeer(Peer peer) {
        jdbi.useTransaction(h -> {
            refuseIf(h, "SELECT 1 FROM peers WHERE name = :key", peer.name(), "peer " + peer.name() + " exists already",
                    "name");
            refuseTakenHoa(h, peer.hoa());
            h.execute("INSERT INTO peers (name, hoa) VALUES (?, ?)", peer.name().text(), peer.hoa().toString());
        });
    }

    public List<Peer> peers() {
        return jdbi.withHandle(h -> h.createQuery("SELECT * FROM peers ORDER BY name").map((rs, _) -> peer(rs)).list());
    }

    public Optional<Peer> peer(Name name) {
        return jdbi.withHandle(
                h -> h.select("SELECT * FROM peers WHERE name = ?", name.text()).map((rs, _) -> peer(rs)).findOne());
    }

    public boolean removePeer(Name name) {
        return jdbi.withHandle(h -> h.execute("DELETE FROM peers WHERE name = ?", name.text()) > 0);
    }

    // ---- how ----

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
