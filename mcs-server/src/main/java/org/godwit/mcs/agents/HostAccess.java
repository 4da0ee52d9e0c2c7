package org.godwit.mcs.agents;

import com.google.protobuf.ByteString;
import java.security.cert.CRLException;
import org.godwit.mcs.identity.HostIdentities;
import org.godwit.mcs.identity.HostIdentities.Invitation;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.store.Precondition;
import org.godwit.model.Name;
import org.godwit.protocol.agent.McsFrame;
import org.godwit.protocol.agent.Revocations;

/** Who of the hosts may dial in. What is taken from a host is taken at once: a session that it has is cut. */
public final class HostAccess {

    private final InventoryStore inventory;
    private final HostIdentities identities;
    private final AgentSessions sessions;

    public HostAccess(InventoryStore inventory, HostIdentities identities, AgentSessions sessions) {
        this.inventory = inventory;
        this.identities = identities;
        this.sessions = sessions;
    }

    /** A token for the host's agent; one that it had before is worth nothing any more. Its certificate stays good. */
    public Invitation invite(Name host) {
        return identities.invite(host);
    }

    /** The host stays in the inventory, and is heard again when its agent has enrolled with a new token. */
    public void revoke(Name host) {
        identities.revoke(host);
        sessions.cut(host, "the certificate of host " + host + " has been revoked");
        tellAll();
    }

    /** @return false when there is no such host; throws when it is not as the precondition says */
    public boolean remove(Name host, Precondition precondition) {
        boolean removed = inventory.removeHost(host, precondition);
        if (removed) {
            sessions.cut(host, "host " + host + " has been removed");
            tellAll();
        }
        return removed;
    }

    /** Tells a host's agent whom libvirt and QEMU are to refuse: to be called whenever it has dialled in. */
    public synchronized void tellRevocations(Name host) {
        sessions.tell(host, revocations());
    }

    /** Synchronized, so that nobody hears of an older list after a newer one. */
    private synchronized void tellAll() {
        sessions.tellAll(revocations());
    }

    private McsFrame revocations() {
        try {
            return McsFrame.newBuilder().setRevocations(Revocations.newBuilder()
                    .setList(ByteString.copyFrom(identities.revocations().getEncoded()))).build();
        } catch (CRLException e) {
            throw new IllegalStateException("what was just made cannot be written", e);
        }
    }
}
