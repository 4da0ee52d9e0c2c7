package org.godwit.mcs.runner;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.godwit.mcs.agents.Agents;
import org.godwit.mcs.ims.AddressMappings;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.ims.MappingRefusedException;
import org.godwit.mcs.runner.RefusedException.Reason;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.Host;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.store.MigrationStore;
import org.godwit.mcs.store.Peer;
import org.godwit.mcs.store.Precondition;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.mcs.store.Vm;
import org.godwit.mcs.workflow.MigrationFailure;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Name;
import org.godwit.protocol.agent.CheckGuest;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.GuestStatus;
import org.godwit.protocol.agent.Inspect;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.lisp.MappingKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owners of HoAs, VMs and peers: makes them known here, at the mapping server and, for VMs, to their guest agents. */
public final class Guests {

    private static final Logger LOG = LoggerFactory.getLogger(Guests.class);
    private static final int KEY_BYTES = 32;

    private final InventoryStore inventory;
    private final MigrationStore migrations;
    private final SqliteMappingStore keys;
    private final Agents agents;
    private final AddressMappings mappings;
    private final HomeNetwork network;
    private final Duration patience;
    private final SecureRandom random = new SecureRandom();
    /** Between "is the HoA free" and "now it is taken" nobody else may come. */
    private final ReentrantLock registration = new ReentrantLock();

    /** @param patience for one answer of an agent */
    public Guests(Database database, InventoryStore inventory, MigrationStore migrations, Agents agents,
            AddressMappings mappings,
            HomeNetwork network, Duration patience) {
        this.inventory = inventory;
        this.migrations = migrations;
        this.keys = new SqliteMappingStore(database);
        this.agents = agents;
        this.mappings = mappings;
        this.network = network;
        this.patience = patience;
    }

    /**
     * Looks the domain up on its host, gives its guest a key and its HoA, and takes it into the inventory.
     *
     * @throws RefusedException or ConflictException; then nothing is kept
     */
    public Vm registerVm(Name name, String domain, HomeAddress hoa, Name hostName) {
        Host host = inventory.host(hostName)
                .orElseThrow(() -> new RefusedException(Reason.UNKNOWN, "there is no host " + hostName, "host"));
        Gateway gateway = inventory.gateway(host.site()).orElseThrow(() -> new RefusedException(Reason.CONFLICT,
                "the gateway of site " + host.site() + ", where host " + hostName + " is, is not known: add it first",
                "host"));
        if (!agents.connected(hostName)) {
            throw new RefusedException(Reason.CONFLICT,
                    "the agent of host " + hostName + " is not connected: start it first", "host");
        }
        UUID uuid = inspect(host, domain);
        return registering(hoa, () -> {
            Vm vm = new Vm(name, domain, uuid, hoa, hostName, inventory.epoch(uuid));
            inventory.addVm(vm);
            try {
                mappings.enrol(hoa, newKey());
                activate(vm, gateway, enrol(vm));
                LOG.info("vm={} uuid={} hoa={} host={} registered", name, uuid, hoa, hostName);
                return vm;
            } catch (RuntimeException e) {
                inventory.removeVm(name, Precondition.NONE);
                mappings.forget(hoa);
                throw e;
            }
        });
    }

    /** @return false when there is none */
    public boolean removeVm(Name name, Precondition precondition) {
        return inventory.vm(name).map(vm -> {
            boolean removed = inventory.removeVm(name, precondition);
            mappings.forget(vm.hoa());
            return removed;
        }).orElse(false);
    }

    /**
     * Takes a peer into the inventory.
     *
     * @param moa where it is now; null when it will say so itself, by a Map-Register with its key
     * @return its key, to be shown once
     */
    public MappingKey registerPeer(Peer peer, MobileAddress moa) {
        return registering(peer.hoa(), () -> {
            inventory.addPeer(peer);
            try {
                MappingKey key = newKey();
                mappings.enrol(peer.hoa(), key);
                if (moa != null) {
                    mappings.activate(peer.hoa(), moa, Epoch.NONE);
                }
                return key;
            } catch (RuntimeException e) {
                inventory.removePeer(peer.name(), Precondition.NONE);
                mappings.forget(peer.hoa());
                throw e;
            }
        });
    }

    /**
     * Gives the VM's guest a new mapping key. Where its agent cannot be reached both keys stay good, and the guest is told when
     * its host dials in again.
     *
     * @return false when there is no such VM
     */
    public boolean rotateVmKey(Name name) {
        return inventory.vm(name).map(vm -> {
            mappings.rotate(vm.hoa(), newKey());
            enrol(vm);
            LOG.info("vm={} hoa={} has a new mapping key", name, vm.hoa());
            return true;
        }).orElse(false);
    }

    /** @return the peer's new key, to be shown once; the old one is good until the new one is used. Empty when there is no such peer */
    public Optional<MappingKey> rotatePeerKey(Name name) {
        return inventory.peer(name).map(peer -> {
            MappingKey key = newKey();
            mappings.rotate(peer.hoa(), key);
            LOG.info("peer={} hoa={} has a new mapping key", name, peer.hoa());
            return key;
        });
    }

    /** No key is good for this VM any more, until it gets a new one. @return false when there is no such VM */
    public boolean revokeVmKey(Name name) {
        return revoke(inventory.vm(name).map(Vm::hoa));
    }

    /** No key is good for this peer any more, until it gets a new one. @return false when there is no such peer */
    public boolean revokePeerKey(Name name) {
        return revoke(inventory.peer(name).map(Peer::hoa));
    }

    private boolean revoke(Optional<HomeAddress> owner) {
        owner.ifPresent(hoa -> {
            mappings.revoke(hoa);
            LOG.info("hoa={} its mapping key is revoked", hoa);
        });
        return owner.isPresent();
    }

    /** @return false when there is none */
    public boolean removePeer(Name name, Precondition precondition) {
        return inventory.peer(name).map(peer -> {
            boolean removed = inventory.removePeer(name, precondition);
            mappings.forget(peer.hoa());
            return removed;
        }).orElse(false);
    }

    /** Tells the guests of a host who they are, where they have forgotten it. A migration does that for its own VM. */
    public void refresh(Name hostName) {
        inventory.host(hostName).flatMap(host -> inventory.gateway(host.site())).ifPresent(gateway -> {
            for (Vm vm : inventory.vmsOn(hostName)) {
                if (migrations.running(vm.name()).isEmpty()) {
                    refresh(vm, gateway);
                }
            }
        });
    }

    private void refresh(Vm vm, Gateway gateway) {
        try {
            GuestStatus status = guest(vm,
                    command(vm.uuid().toString(), vm.epoch()).setCheckGuest(CheckGuest.getDefaultInstance()));
            if (!status.getEnrolled() || keys.enrolment(vm.hoa()).flatMap(Enrolment::successor).isPresent()) {
                activate(vm, gateway, enrol(vm));
                LOG.info("vm={} hoa={} enrolled again", vm.name(), vm.hoa());
            }
        } catch (RefusedException | MappingRefusedException e) {
            // The others of this host are not to wait for it.
            LOG.warn("vm={} host={} guest could not be checked: {}", vm.name(), vm.host(), e.getMessage());
        }
    }

    private <T> T registering(HomeAddress hoa, Supplier<T> action) {
        if (!network.contains(hoa)) {
            throw new RefusedException(Reason.INVALID,
                    "HoA " + hoa + " is not in the HoA space " + network.space(), "hoa");
        }
        registration.lock();
        try {
            return action.get();
        } finally {
            registration.unlock();
        }
    }

    private UUID inspect(Host host, String domain) {
        Outcome outcome = ask(host.name(),
                command("", Epoch.NONE).setInspect(Inspect.newBuilder().setDomainName(domain)), "domain");
        DomainReport report = outcome.getDomain();
        if (report.getState() == DomainState.DOMAIN_ABSENT) {
            throw new RefusedException(Reason.UNKNOWN,
                    "host " + host.name() + " has no domain \"" + domain + "\"", "domain");
        }
        if (report.getState() != DomainState.DOMAIN_RUNNING) {
            throw new RefusedException(Reason.CONFLICT, "domain \"" + domain + "\" does not run at host " + host.name()
                    + ": start it first, its guest agent must answer", "domain");
        }
        try {
            return UUID.fromString(report.getUuid());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Reason.AGENT_REFUSED, "the agent of host " + host.name()
                    + " did not say the domain's UUID: install matching versions", null);
        }
    }

    private GuestStatus enrol(Vm vm) {
        MappingKey key = keys.key(vm.hoa()).orElseThrow(() -> new RefusedException(Reason.CONFLICT,
                "the mapping key of VM " + vm.name() + " was revoked: give it a new one", null));
        GuestStatus status = guest(vm,
                command(vm.uuid().toString(), vm.epoch()).setEnrolGuest(network.enrolment(vm.hoa(), key)));
        if (!status.getEnrolled() || !status.getHoa().equals(vm.hoa().toString())) {
            throw new RefusedException(Reason.AGENT_REFUSED, "the guest agent of VM " + vm.name()
                    + " does not take its enrolment: look into its log", null);
        }
        mappings.settle(vm.hoa());
        return status;
    }

    /** The guest is not trusted: it may only claim a MoA under the prefix of the site where it is. */
    private void activate(Vm vm, Gateway gateway, GuestStatus status) {
        MobileAddress moa;
        try {
            moa = MobileAddress.of(status.getActiveMoa());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Reason.AGENT_REFUSED, "the guest of VM " + vm.name()
                    + " has no MoA yet: check that it hears the gateway's router advertisements", null);
        }
        if (!gateway.prefix().contains(moa)) {
            throw new RefusedException(Reason.AGENT_REFUSED, "the guest of VM " + vm.name() + " claims the MoA " + moa
                    + ", which is not under its site's prefix " + gateway.prefix(), null);
        }
        mappings.reinstate(vm.hoa(), moa, vm.epoch());
    }

    private GuestStatus guest(Vm vm, Command.Builder command) {
        Outcome outcome = ask(vm.host(), command, null);
        if (!outcome.hasGuest()) {
            throw new RefusedException(Reason.AGENT_REFUSED, "the agent of host " + vm.host()
                    + " did not say how the guest is: install matching versions", null);
        }
        return outcome.getGuest();
    }

    private Outcome ask(Name host, Command.Builder command, String field) {
        Outcome outcome;
        try {
            outcome = agents.perform(host, command.build(), _ -> {})
                    .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).join();
        } catch (CompletionException e) {
            throw new RefusedException(Reason.AGENT_SILENT, "the agent of host " + host + " did not answer within "
                    + patience.toSeconds() + " s: check that it runs", null);
        }
        if (outcome.hasFailure()) {
            MigrationFailure failure = AgentAnswers.failure(outcome.getFailure());
            Reason reason = failure.code().equals("vm_unknown") ? Reason.UNKNOWN : Reason.AGENT_REFUSED;
            throw new RefusedException(reason, failure.message(), reason == Reason.UNKNOWN ? field : null);
        }
        return outcome;
    }

    private static Command.Builder command(String vmUuid, Epoch epoch) {
        return Command.newBuilder().setId(UUID.randomUUID().toString()).setVmUuid(vmUuid).setEpoch(epoch.number());
    }

    private MappingKey newKey() {
        byte[] secret = new byte[KEY_BYTES];
        random.nextBytes(secret);
        return MappingKey.of(secret);
    }
}
