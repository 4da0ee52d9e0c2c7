package org.godwit.mcs.rest;

import static org.godwit.mcs.rest.BadFieldException.required;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import org.godwit.mcs.agents.Agents;
import org.godwit.mcs.agents.HostAccess;
import org.godwit.mcs.identity.HostIdentities;
import org.godwit.mcs.ims.AddressMappings;
import org.godwit.mcs.runner.Guests;
import org.godwit.mcs.runner.Migrations;
import org.godwit.mcs.runner.RefusedException;
import org.godwit.mcs.store.Host;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.store.InventoryStore.Table;
import org.godwit.mcs.store.Peer;
import org.godwit.mcs.store.Vm;
import org.godwit.model.AddressBinding;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.rest.Resources;

/** Sites, gateways, hosts, VMs, peers and bindings as resources. */
final class InventoryResources {

    private static final int DOMAIN_LENGTH_MAX = 200;
    private static final String GATEWAY = "gateway of site";

    private final InventoryStore inventory;
    private final HostAccess access;
    private final Agents agents;
    private final AddressMappings mappings;
    private final Guests guests;
    private final Migrations migrations;

    InventoryResources(InventoryStore inventory, HostAccess access, Agents agents, AddressMappings mappings,
            Guests guests, Migrations migrations) {
        this.inventory = inventory;
        this.access = access;
        this.agents = agents;
        this.mappings = mappings;
        this.guests = guests;
        this.migrations = migrations;
    }

    // ---- sites ----

    Reply sites(Call call) {
        return Paging.reply(call, inventory::sites, Name::text, site -> new Resources.Site(site.text()));
    }

    Reply site(Call call) {
        Name name = existingName(call.part("name"), "site");
        return tagged(Table.SITES, name, () -> Optional.of(new Resources.Site(name.text())), "site");
    }

    Reply addSite(Call call, Resources.Site site) {
        Name name = required("name", site.name(), Name::of);
        inventory.addSite(name);
        return Reply.created(new Resources.Site(name.text()), "/v1/sites/" + name);
    }

    Reply removeSite(Call call) {
        Name site = existingName(call.part("name"), "site");
        return done("site", site, inventory.removeSite(site, call.precondition()));
    }

    // ---- gateways ----

    Reply gateways(Call call) {
        return Paging.reply(call, page -> List.copyOf(inventory.gateways(page).entrySet()),
                entry -> entry.getKey().text(), entry -> view(entry.getKey(), entry.getValue()));
    }

    Reply gateway(Call call) {
        Name site = existingName(call.part("site"), GATEWAY);
        return tagged(Table.GATEWAYS, site, () -> inventory.gateway(site).map(gateway -> view(site, gateway)), GATEWAY);
    }

    Reply addGateway(Call call, Resources.Gateway body) {
        Name site = required("site", body.site(), Name::of);
        Gateway gateway = gateway(body);
        requireSite(site);
        inventory.addGateway(site, gateway);
        return Reply.created(view(site, gateway), "/v1/gateways/" + site);
    }

    Reply replaceGateway(Call call, Resources.Gateway body) {
        Name site = existingName(call.part("site"), GATEWAY);
        required("site", body.site(), text -> {
            if (!text.equals(site.text())) {
                throw new IllegalArgumentException("the gateway of site " + site + " cannot become that of " + text);
            }
            return text;
        });
        if (!inventory.replaceGateway(site, gateway(body), call.precondition())) {
            throw unknown(GATEWAY, site.text());
        }
        return gateway(call);
    }

    Reply removeGateway(Call call) {
        Name site = existingName(call.part("site"), GATEWAY);
        return done(GATEWAY, site, inventory.removeGateway(site, call.precondition()));
    }

    // ---- hosts ----

    Reply hosts(Call call) {
        Optional<Name> site = call.parameter("site", Name::of);
        return Paging.reply(call, page -> inventory.hosts(page, site), host -> host.name().text(), this::view);
    }

    Reply host(Call call) {
        Name name = existingName(call.part("name"), "host");
        return tagged(Table.HOSTS, name, () -> inventory.host(name).map(this::view), "host");
    }

    Reply addHost(Call call, Resources.NewHost body) {
        Name name = required("name", body.name(), Name::of);
        Name site = required("site", body.site(), Name::of);
        requireSite(site);
        inventory.addHost(name, site);
        return Reply.created(enrolment(new Host(name, site, Optional.empty())), "/v1/hosts/" + name);
    }

    Reply newHostToken(Call call) {
        String name = call.part("name");
        return Reply.ok(inventory.host(existingName(name, "host")).map(this::enrolment)
                .orElseThrow(() -> unknown("host", name)));
    }

    private Resources.HostEnrolment enrolment(Host host) {
        HostIdentities.Invitation invitation = access.invite(host.name());
        return new Resources.HostEnrolment(host.name().text(), host.site().text(), invitation.token().text(),
                invitation.expires().toString());
    }

    Reply revokeHost(Call call) {
        String name = call.part("name");
        Host host = inventory.host(existingName(name, "host")).orElseThrow(() -> unknown("host", name));
        access.revoke(host.name());
        return Reply.noContent();
    }

    Reply removeHost(Call call) {
        Name host = existingName(call.part("name"), "host");
        return done("host", host, access.remove(host, call.precondition()));
    }

    // ---- VMs ----

    Reply vms(Call call) {
        Optional<Name> host = call.parameter("host", Name::of);
        Map<Name, UUID> running = migrations.running();
        return Paging.reply(call, page -> inventory.vms(page, host), vm -> vm.name().text(),
                vm -> view(vm, Optional.ofNullable(running.get(vm.name()))));
    }

    Reply vm(Call call) {
        Name name = existingName(call.part("name"), "VM");
        return tagged(Table.VMS, name, () -> inventory.vm(name).map(this::view), "VM");
    }

    Reply addVm(Call call, Resources.NewVm body) {
        Name name = required("name", body.name(), Name::of);
        String domain = body.domain() == null
                ? name.text()
                : required("domain", body.domain(), InventoryResources::domain);
        HomeAddress hoa = required("hoa", body.hoa(), HomeAddress::of);
        Name host = required("host", body.host(), Name::of);
        Vm vm = guests.registerVm(name, domain, hoa, host);
        return Reply.created(view(vm), "/v1/vms/" + name);
    }

    Reply removeVm(Call call) {
        Name vm = existingName(call.part("name"), "VM");
        return done("VM", vm, guests.removeVm(vm, call.precondition()));
    }

    Reply rotateVmKey(Call call) {
        Name vm = existingName(call.part("name"), "VM");
        return done("VM", vm, guests.rotateVmKey(vm));
    }

    Reply revokeVmKey(Call call) {
        Name vm = existingName(call.part("name"), "VM");
        return done("VM", vm, guests.revokeVmKey(vm));
    }

    // ---- peers and bindings ----

    Reply peers(Call call) {
        return Paging.reply(call, inventory::peers, peer -> peer.name().text(), this::view);
    }

    Reply peer(Call call) {
        Name name = existingName(call.part("name"), "peer");
        return tagged(Table.PEERS, name, () -> inventory.peer(name).map(this::view), "peer");
    }

    Reply addPeer(Call call, Resources.NewPeer body) {
        Name name = required("name", body.name(), Name::of);
        HomeAddress hoa = required("hoa", body.hoa(), HomeAddress::of);
        MobileAddress moa = body.moa() == null ? null : required("moa", body.moa(), MobileAddress::of);
        byte[] key = guests.registerPeer(new Peer(name, hoa), moa).secret();
        return Reply.created(new Resources.PeerEnrolment(name.text(), hoa.toString(), HexFormat.of().formatHex(key)),
                "/v1/peers/" + name);
    }

    Reply rotatePeerKey(Call call) {
        Name name = existingName(call.part("name"), "peer");
        Peer peer = inventory.peer(name).orElseThrow(() -> unknown("peer", name.text()));
        byte[] key = guests.rotatePeerKey(name).orElseThrow(() -> unknown("peer", name.text())).secret();
        return Reply.ok(new Resources.PeerEnrolment(name.text(), peer.hoa().toString(),
                HexFormat.of().formatHex(key)));
    }

    Reply revokePeerKey(Call call) {
        Name peer = existingName(call.part("name"), "peer");
        return done("peer", peer, guests.revokePeerKey(peer));
    }

    Reply removePeer(Call call) {
        Name peer = existingName(call.part("name"), "peer");
        return done("peer", peer, guests.removePeer(peer, call.precondition()));
    }

    /** Of all VMs and peers, by HoA. */
    Reply bindings(Call call) {
        return Paging.flatReply(call, inventory::homeAddresses, HomeAddress::toString,
                hoa -> mappings.lookup(hoa).stream().map(Mapping::bindings).flatMap(List::stream)
                        .map(InventoryResources::view));
    }

    // ---- how ----

    private static Resources.Gateway view(Name site, Gateway gateway) {
        return new Resources.Gateway(site.text(), gateway.linkLocal().toString(), gateway.mac().toString(),
                gateway.prefix().toString());
    }

    private Resources.Host view(Host host) {
        return new Resources.Host(host.name().text(), host.site().text(), agents.connected(host.name()),
                host.libvirtUri().orElse(null));
    }

    private Resources.Vm view(Vm vm) {
        return view(vm, migrations.running(vm.name()));
    }

    private Resources.Vm view(Vm vm, Optional<UUID> migration) {
        return new Resources.Vm(vm.name().text(), vm.domain(), vm.uuid().toString(), vm.hoa().toString(),
                vm.host().text(), activeMoa(vm.hoa()),
                migration.map(UUID::toString).orElse(null));
    }

    private Resources.Peer view(Peer peer) {
        return new Resources.Peer(peer.name().text(), peer.hoa().toString(), activeMoa(peer.hoa()));
    }

    private static Resources.Binding view(AddressBinding binding) {
        return new Resources.Binding(binding.hoa().toString(), binding.moa().toString(),
                binding.state().name().toLowerCase(Locale.ROOT), binding.epoch().number());
    }

    private String activeMoa(HomeAddress hoa) {
        return mappings.lookup(hoa).flatMap(Mapping::active).map(MobileAddress::toString).orElse(null);
    }

    private void requireSite(Name site) {
        if (inventory.version(Table.SITES, site).isEmpty()) {
            throw new RefusedException(RefusedException.Reason.UNKNOWN, "there is no site " + site, "site");
        }
    }

    /** The version is looked up first: a change in between makes the tag too old, never too new. */
    private Reply tagged(Table table, Name name, Supplier<Optional<?>> view, String what) {
        OptionalLong version = inventory.version(table, name);
        Object body = view.get().filter(_ -> version.isPresent()).orElseThrow(() -> unknown(what, name.text()));
        return Reply.ok(body).with("ETag", "\"" + version.getAsLong() + "\"");
    }

    private static Reply done(String what, Name name, boolean wasThere) {
        if (!wasThere) {
            throw unknown(what, name.text());
        }
        return Reply.noContent();
    }

    private static Gateway gateway(Resources.Gateway body) {
        return new Gateway(required("link_local", body.linkLocal(), LinkLocalAddress::of),
                required("mac", body.mac(), MacAddress::of), required("prefix", body.prefix(), SitePrefix::of));
    }

    /** A text that is no name is the name of nothing. */
    private static Name existingName(String text, String what) {
        try {
            return Name.of(text);
        } catch (IllegalArgumentException _) {
            throw unknown(what, text);
        }
    }

    private static RefusedException unknown(String what, String name) {
        return new RefusedException(RefusedException.Reason.UNKNOWN, "there is no " + what + " " + name, null);
    }

    private static String domain(String text) {
        if (text.length() > DOMAIN_LENGTH_MAX || text.chars().anyMatch(c -> c < ' ')) {
            throw new IllegalArgumentException("a domain name has 1 to " + DOMAIN_LENGTH_MAX
                    + " characters, no control characters among them");
        }
        return text;
    }
}
