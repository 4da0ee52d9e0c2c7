package org.godwit.host.operation;

import static org.godwit.operation.metrics.Description.calls;
import static org.godwit.operation.metrics.Description.counter;
import static org.godwit.operation.metrics.Description.gauge;
import static org.godwit.operation.metrics.Description.phases;

import org.godwit.operation.metrics.Description;
import org.godwit.operation.metrics.Metric;

/** What the host agent measures. */
public enum HostMetric implements Metric {

    SESSION_OPEN(gauge("godwit_host_session_open", "1 while the agent has a session with the MCS, else 0.")),

    COMMANDS(counter("godwit_host_commands",
            "Commands of the MCS that were answered: ok, or the code of the failure.", "effect", "outcome")),

    COMMAND_SECONDS(phases("godwit_host_command_seconds",
            "How long commands took from their arrival to their outcome; copies are among them.", "effect")),

    COMMANDS_RUNNING(gauge("godwit_host_commands_running", "Commands that have no outcome yet.")),

    LIBVIRT_SECONDS(calls("godwit_host_libvirt_seconds",
            "How long libvirt took, copies excepted; a failed call counts, too.", "call")),

    BRIDGES_STAGED(gauge("godwit_host_bridges_staged",
            "Dummy bridges on this host; without a migration there should be none.")),

    RADVD_RUNNING(gauge("godwit_host_radvd_running", "Instances of radvd that advertise on dummy bridges.")),

    RELAYED_VMS(gauge("godwit_host_relayed_vms", "VMs that have left and whose packets are sent after them.")),

    RELAYED_PACKETS(counter("godwit_host_relayed_packets",
            "Packets that were sent after VMs: relayed, and of these escaped, which met no VM here any more.", "kind"));

    private final Description description;

    HostMetric(Description description) {
        this.description = description;
    }

    @Override
    public Description description() {
        return description;
    }
}
