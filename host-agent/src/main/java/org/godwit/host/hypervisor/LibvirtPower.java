package org.godwit.host.hypervisor;

import static java.util.Objects.requireNonNull;

import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.godwit.host.hypervisor.Hypervisor.CopyOrder;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainInfo.DomainState;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;
import org.libvirt.TypedParameter;
import org.libvirt.TypedStringParameter;

/**
 * What turns domains off and on behind a libvirt daemon. Rare calls that may last: each has a connection of its own, and a platform
 * thread, since they block in native code. None is given up: what comes next for the domain must not overtake it.
 */
public final class LibvirtPower implements Power, AutoCloseable {

    /** VIR_DOMAIN_UNDEFINE_KEEP_NVRAM. */
    static final int KEEP_NVRAM = 1 << 3;

    private final String uri;
    private final Transport transport;
    private final String reachableBridge;
    private final ExecutorService calls = Executors
            .newCachedThreadPool(Thread.ofPlatform().daemon().name("libvirt-power-", 0).factory());

    /** As of {@link LibvirtHypervisor}, which sets libvirt's library up. */
    public LibvirtPower(String uri, Transport transport, String reachableBridge) {
        this.uri = requireNonNull(uri, "uri is null");
        this.transport = requireNonNull(transport, "transport is null");
        this.reachableBridge = requireNonNull(reachableBridge, "reachableBridge is null");
    }

    @Override
    public boolean isAutostarted(UUID uuid) {
        return on("look at", uuid, Domain::getAutostart);
    }

    @Override
    public void autostart(UUID uuid, boolean whether) {
        on("mark", uuid, domain -> {
            domain.setAutostart(whether);
            return true;
        });
    }

    @Override
    public void shutDown(UUID uuid) {
        on("shut down", uuid, domain -> {
            domain.shutdown();
            return true;
        });
    }

    @Override
    public void copyDefinition(UUID uuid, CopyOrder order) {
        try {
            transport.check(order.targetUri());
        } catch (IllegalArgumentException e) {
            throw new HypervisorException("the target's libvirt-uri " + e.getMessage(), e);
        }
        on("define at " + order.targetUri(), uuid, domain -> {
            if (!isOff(domain)) {
                throw new HypervisorException("the domain is not off");
            }
            String definition = DomainXml.parse(domain.getXMLDesc(
                    Domain.XMLFlags.MIGRATABLE | Domain.XMLFlags.SECURE | Domain.XMLFlags.INACTIVE))
                    .forTarget(reachableBridge, order);
            domain.migrateToURI(order.targetUri(),
                    new TypedParameter[]{new TypedStringParameter("destination_xml", definition) },
                    Domain.MigrateFlags.OFFLINE | Domain.MigrateFlags.PEER2PEER | Domain.MigrateFlags.PERSIST_DEST
                            | (transport == Transport.TLS ? Domain.MigrateFlags.TLS : 0));
            return true;
        });
    }

    @Override
    public void start(UUID uuid) {
        on("start", uuid, domain -> {
            if (isOff(domain)) {
                domain.create();
            }
            return true;
        });
    }

    @Override
    public boolean undefine(UUID uuid) {
        return call("undefine " + uuid, connection -> {
            if (find(connection, uuid) instanceof Domain domain) {
                try {
                    if (!isOff(domain)) {
                        return false;
                    }
                    domain.undefine(KEEP_NVRAM);
                } finally {
                    domain.free();
                }
            }
            // Undefined while it was being started, it would be there still, running.
            if (find(connection, uuid) instanceof Domain left) {
                left.free();
                return false;
            }
            return true;
        });
    }

    private static boolean isOff(Domain domain) throws LibvirtException {
        return domain.getInfo().state == DomainState.VIR_DOMAIN_SHUTOFF;
    }

    /** Null when it is not here. */
    private static Domain find(Connect connection, UUID uuid) throws LibvirtException {
        try {
            return connection.domainLookupByUUID(uuid);
        } catch (LibvirtException e) {
            if (e.getError().getCode() == ErrorNumber.VIR_ERR_NO_DOMAIN) {
                return null;
            }
            throw e;
        }
    }

    /** Something done by libvirt. */
    @FunctionalInterface
    private interface Call<S, T> {
        T on(S subject) throws LibvirtException;
    }

    private <T> T on(String what, UUID uuid, Call<Domain, T> action) {
        return call(what + " " + uuid, connection -> {
            Domain domain = connection.domainLookupByUUID(uuid);
            try {
                return action.on(domain);
            } finally {
                domain.free();
            }
        });
    }

    private <T> T call(String what, Call<Connect, T> action) {
        try {
            return calls.submit(() -> {
                Connect own = LibvirtConnection.plain(uri);
                try {
                    return action.on(own);
                } finally {
                    own.close();
                }
            }).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("stopped while asking libvirt to " + what, e);
        } catch (ExecutionException e) {
            throw new HypervisorException("libvirt at " + uri + " could not " + what + ": " + e.getCause().getMessage(),
                    e.getCause());
        }
    }

    /** Stops waiting. */
    @Override
    public void close() {
        calls.shutdownNow();
    }
}
