package org.godwit.host.hypervisor;

import java.util.UUID;
import org.godwit.host.hypervisor.Hypervisor.CopyOrder;

/**
 * Turns domains off and on, and keeps their definitions. A domain that is off is known for as long as it is defined. All of it throws
 * {@link HypervisorException} when the domain is not here, or libvirt does not do it.
 */
public interface Power {

    /** Whether libvirt starts the domain together with its daemon. */
    boolean isAutostarted(UUID uuid);

    void autostart(UUID uuid, boolean whether);

    /** Presses the power button of a running domain, and returns: its guest may take its time, or not care. */
    void shutDown(UUID uuid);

    /**
     * Defines a domain that is off at another host, too: for the bridges there, and not to be started together with the daemon. What is
     * defined there already, and off, is replaced. Lasts until it is known what has become of it.
     *
     * @throws HypervisorException also when it is not off, here or there
     */
    void copyDefinition(UUID uuid, CopyOrder order);

    /** Starts a domain that is off. Lasts until it is known what has become of it. */
    void start(UUID uuid);

    /**
     * Forgets a domain that is off; its disks and its firmware's variables stay. Nothing happens when there is none.
     *
     * @return false when it is not off, and maybe forgotten when it will be
     */
    boolean undefine(UUID uuid);
}
