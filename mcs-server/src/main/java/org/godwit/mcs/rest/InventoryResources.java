package org.godwit.mcs.rest;

import static org.godwit.mcs.rest.BadFieldException.required;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.godwit.mcs.agents.Agents;
import org.godwit.mcs.agents.HostTokens;
import org.godwit.mcs.ims.AddressMappings;
import org.godwit.mcs.runner.Guests;
import org.godwit.mcs.runner.Migrations;
import org.godwit.mcs.runner.RefusedException;
import org.godwit.mcs.store.Host;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.store.Peer;
import org.godwit.mcs.store.Vm;
import org.godwit.model.AddressBinding;
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

    private static final int TOKEN_BYTES = 32;
    private static final int DOMAIN_LENGTH_MAX = 200;

    private final InventoryStore inventory;
    private final Agents agents;
    private final AddressMappings mappings;
    private final Guests guests;
    private final Migrations migrations;
    private final SecureRandom random = new SecureRandom();

    InventoryResources(InventoryStore inventory, Agents agents, AddressMappings mappings, Guests guests,
            Migrations migrations) {
        this.inventory = inventory;
        this.agents = agents;
        this.mappings = mappings;
        this.guests = guests;
        this.migrations = migrations;
    }

    // ---- sites ----

    Reply sites(Call call) {
        return items(inventory.sites().stream().map(site -> new Resources.Site(site.text())).toList());
    }

    Reply site(Call call) {
        String name = call.part("name");
        Name wanted = existingName(name, "site");
        return Reply.ok(inventory.sites().stream().filter(wanted::equals).findFirst()
                .map(site -> new Resources.Site(site.text())).orElseThrow(() -> unknown("site", name)));
    }

    Reply addSite(Resources.Site site) {
        Name name = required("name", site.name(), Name::of);
        inventory.addSite(name);
        return Reply.created(new Resources.Site(name.text()), "/v1/sites/" + name);
    }

    Reply removeSite(Call call) {
        String name = call.part("name");
        Name site = existingName(name, "site");
        return done("site", name, () -> inventory.removeSite(site));
    }

    // ---- gateways ----

    Reply gateways(Call call) {
        return items(inventory.gateways().entrySet().stream().map(e -> view(e.getKey(), e.getValue())).toList());
    }

    Reply gateway(Call call) {
        String site = call.part("site");
        Name name = existingName(site, "gateway of site");
        return Reply.ok(inventory.gateway(name).map(gateway -> view(name, gateway))
                .orElseThrow(() -> unknown("gateway of site", site)));
    }

    Reply addGateway(Resources.Gateway body) {
        Name site = required("site", body.site(), Name::of);
        org.godwit.model.Gateway gateway = new org.godwit.model.Gateway(
                required("link_local", body.linkLocal(), LinkLocalAddress::of),
                required("mac", body.mac(), MacAddress::of), required("prefix", body.prefix(), SitePrefix::of));
        requireSite(site);
        inventory.addGateway(site, gateway);
        return Reply.created(view(site, gateway), "/v1/gateways/" + site);
    }

    Reply removeGateway(Call call) {
        String site = call.part("site");
        Name name = existingName(site, "gateway of site");
        return done("gateway of site", site, () -> inventory.removeGateway(name));
    }

    // ---- hosts ----

    Reply hosts(Call call) {
        return items(inventory.hosts().stream().map(this::view).toList());
    }

    Reply host(Call call) {
        String name = call.part("name");
        return Reply.ok(inventory.host(existingName(name, "host")).map(this::view)
                .orElseThrow(() -> unknown("host", name)));
    }

    Reply addHost(Resources.NewHost body) {
        Name name = required("name", body.name(), Name::of);
        Name site = required("site", body.site(), Name::of);
        requireSite(site);
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = HexFormat.of().formatHex(bytes);
        inventory.addHost(name, site, HostTokens.hash(token));
        return Reply.created(new Resources.HostEnrolment(name.text(), site.text(), token), "/v1/hosts/" + name);
    }

    Reply removeHost(Call call) {
        String name = call.part("name");
        Name host = existingName(name, "host");
        return done("host", name, () -> inventory.removeHost(host));
    }

    // ---- VMs ----

    Reply vms(Call call) {
        return items(inventory.vms().stream().map(this::view).toList());
    }

    Reply vm(Call call) {
        String name = call.part("name");
        return Reply
                .ok(inventory.vm(existingName(name, "VM")).map(this::view).orElseThrow(() -> unknown("VM", name)));
    }

    Reply addVm(Resources.NewVm body) {
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
        String name = call.part("name");
        Name vm = existingName(name, "VM");
        return done("VM", name, () -> guests.removeVm(vm));
    }

    Reply rotateVmKey(Call call) {
        String name = call.part("name");
        Name vm = existingName(name, "VM");
        return done("VM", name, () -> guests.rotateVmKey(vm));
    }

    Reply revokeVmKey(Call call) {
        String name = call.part("name");
        Name vm = existingName(name, "VM");
        return done("VM", name, () -> guests.revokeVmKey(vm));
    }

    // ---- peers and bindings ----

    Reply peers(Call call) {
        return items(inventory.peers().stream().map(this::view).toList());
    }

    Reply peer(Call call) {
        String name = call.part("name");
        return Reply.ok(inventory.peer(existingName(name, "peer")).map(this::view)
                .orElseThrow(() -> unknown("peer", name)));
    }

    Reply addPeer(Resources.NewPeer body) {
        Name name = required("name", body.name(), Name::of);
        HomeAddress hoa = required("hoa", body.hoa(), HomeAddress::of);
        MobileAddress moa = body.moa() == null ? null : required("moa", body.moa(), MobileAddress::of);
        byte[] key = guests.registerPeer(new Peer(name, hoa), moa).secret();
        return Reply.created(new Resources.PeerEnrolment(name.text(), hoa.toString(), HexFormat.of().formatHex(key)),
                "/v1/peers/" + name);
    }

    Reply rotatePeerKey(Call call) {
        String name = call.part("name");
        Peer peer = inventory.peer(existingName(name, "peer")).orElseThrow(() -> unknown("peer", name));
        byte[] key = guests.rotatePeerKey(peer.name()).orElseThrow(() -> unknown("peer", name)).secret();
        return Reply.ok(new Resources.PeerEnrolment(peer.name().text(), peer.hoa().toString(),
                HexFormat.of().formatHex(key)));
    }

    Reply revokePeerKey(Call call) {
        String name = call.part("name");
        Name peer = existingName(name, "peer");
        return done("peer", name, () -> guests.revokePeerKey(peer));
    }

    Reply removePeer(Call call) {
        String name = call.part("name");
        Name peer = existingName(name, "peer");
        return done("peer", name, () -> guests.removePeer(peer));
    }

    /** Of all HoAs that we know: VMs by name, then peers. */
    Reply bindings(Call call) {
        List<HomeAddress> known = new ArrayList<>(inventory.vms().stream().map(Vm::hoa).toList());
        known.addAll(inventory.peers().stream().map(Peer::hoa).toList());
        return items(known.stream().flatMap(hoa -> mappings.lookup(hoa).stream()).map(Mapping::bindings)
                .flatMap(List::stream).map(InventoryResources::view).toList());
    }

    // ---- how ----

    private static Resources.Gateway view(Name site, org.godwit.model.Gateway gateway) {
        return new Resources.Gateway(site.text(), gateway.linkLocal().toString(), gateway.mac().toString(),
                gateway.prefix().toString());
    }

    private Resources.Host view(Host host) {
        return new Resources.Host(host.name().text(), host.site().text(), agents.connected(host.name()),
                host.libvirtUri().orElse(null));
    }

    private Resources.Vm view(Vm vm) {
        return new Resources.Vm(vm.name().text(), vm.domain(), vm.uuid().toString(), vm.hoa().toString(),
                vm.host().text(), activeMoa(vm.hoa()),
                migrations.running(vm.name()).map(UUID::toString).orElse(null));
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
        if (!inventory.sites().contains(site)) {
            throw new RefusedException(RefusedException.Reason.UNKNOWN, "there is no site " + site, "site");
        }
    }

    private static Reply items(List<?> items) {
        return Reply.ok(new Resources.Items<>(items));
    }

    private static Reply done(String what, String name, BooleanSupplier action) {
        if (!action.getAsBoolean()) {
            throw unknown(what, name);
        }
        return Reply.noContent();
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
