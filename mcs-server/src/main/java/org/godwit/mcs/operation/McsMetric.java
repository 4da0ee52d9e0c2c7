package org.godwit.mcs.operation;

import static org.godwit.operation.metrics.Description.counter;
import static org.godwit.operation.metrics.Description.gauge;
import static org.godwit.operation.metrics.Description.pauses;
import static org.godwit.operation.metrics.Description.phases;

import org.godwit.operation.metrics.Description;
import org.godwit.operation.metrics.Metric;

/** What the Migration Control Server measures. */
public enum McsMetric implements Metric {

    MIGRATIONS_RUNNING(gauge("godwit_mcs_migrations_running", "Migrations that have not ended, by phase.", "phase")),

    MIGRATIONS_ENDED(counter("godwit_mcs_migrations_ended",
            "Migrations that have ended: settled, aborted (the VM stayed) or lost (the VM ended).", "outcome")),

    MIGRATION_SECONDS(phases("godwit_mcs_migration_seconds",
            "How long migrations took, from the wish to their end.", "outcome")),

    PHASE_SECONDS(phases("godwit_mcs_phase_seconds", "How long migrations stayed in a phase.", "phase")),

    VM_DOWNTIME_SECONDS(pauses("godwit_mcs_vm_downtime_seconds",
            "How long the vCPUs of VMs that moved stood still, as the hypervisor reports it.")),

    COPIED_BYTES(
            counter("godwit_mcs_copied_bytes", "Memory and state that copies have sent, pages sent again included.")),

    SETBACKS(counter("godwit_mcs_setbacks",
            "Steps that failed or overran their time, by the code of the failure; some were tried again.", "code")),

    HOSTS(gauge("godwit_mcs_hosts", "Hosts in the inventory.")),

    VMS(gauge("godwit_mcs_vms", "VMs in the inventory.")),

    AGENTS_CONNECTED(gauge("godwit_mcs_agents_connected", "Host agents that have a session now.")),

    AGENTS_WAITING(gauge("godwit_mcs_agents_waiting",
            "Host agents that have dialled and wait to be let in: many do so at once, as after a restart.")),

    COMMANDS_PENDING(gauge("godwit_mcs_commands_pending",
            "Commands to host agents that have no outcome yet, those that wait for an agent to come back included.")),

    JOURNAL_OPEN(gauge("godwit_mcs_journal_open", "Effects that were intended and whose outcome is not written yet."));

    private final Description description;

    McsMetric(Description description) {
        this.description = description;
    }

    @Override
    public Description description() {
        return description;
    }
}
