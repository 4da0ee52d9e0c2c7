package org.godwit.mcs.rest;

/** What an operator can do about a failure, by its code. The failure itself says what happened; this says what next. */
final class Remedies {

    private Remedies() {}

    static String of(String code) {
        return switch (code) {
            case "copy_stalled" -> "Migrate again with --on-stall post-copy or suspend, with --auto-converge, with more"
                    + " bandwidth, or when the VM writes less.";
            case "cancelled", "copy_cancelled" -> "Nothing: an operator wanted it so. Migrate again whenever you like.";
            case "stale_epoch" ->
                "Another migration of this VM has begun since. Look at it: godwit migration list --vm VM.";
            case "vm_unknown", "vm_not_running" -> "Start the VM at its host (virsh -c qemu:///system list --all there"
                    + " shows it), then migrate again. If it runs elsewhere, remove it here and add it with that host.";
            case "vm_at_target" -> "A domain of this VM is at the target already. See there what it is; when it is a"
                    + " leftover, undefine it and migrate again.";
            case "guest_silent" ->
                "Look inside the VM: systemctl status godwit-guest-agent. Its virtio-serial channel must be"
                        + " in the domain. Then migrate again.";
            case "guest_refused", "guest_armed" ->
                "The guest agent's log in the VM says why: journalctl -u godwit-guest-agent.";
            case "gateway_staging_failed" -> "The log of the source's host-agent says which command failed; radvd and"
                    + " ip must be installed there.";
            case "address_staging_failed" ->
                "The VM's second interface heard no router advertisement, or formed another"
                        + " address. Compare godwit gateway show with what the router at the target site really announces.";
            case "address_in_use" -> "Somebody at the target's link answers for the VM's future address. Find it by its"
                    + " MAC (ip -6 neigh there) and give it another address.";
            case "target_not_ready" ->
                "libvirt at the target did not accept the VM: its host-agent's log has the reason."
                        + " libvirtd must run there and be reachable from the source.";
            case "copy_failed" ->
                "The hypervisor gave the copy up; the VM stayed at the source. The message is libvirt's:"
                        + " most often the network between the hosts, or memory at the target. Then migrate again.";
            case "copy_outcome_unknown", "outcome_unknown" -> "Start the VM nowhere by hand. Both hypervisors are asked"
                    + " until they answer: bring back the host-agent that is away (godwit host list).";
            case "postcopy_broken", "abandoned" ->
                "Mend the network between the hosts, and bring back the host-agent or libvirtd that"
                        + " is away: then the copy is taken up by itself. Until then leave both hypervisors as they are. What"
                        + " cannot be taken up, because its libvirtd hangs or half of it has gone: godwit migration abandon ID.";
            case "shutdown_failed" -> "The VM runs on at the source. Let its guest heed the power button (ACPI), and"
                    + " look inside what keeps it from shutting down; then migrate again.";
            case "vm_running" ->
                "Somebody has started the VM while it was off to be moved. Leave it off until its migration"
                        + " has ended; where it runs twice, end the one that you do not want.";
            case "staging_gone" -> "The host's agent was without the control server and has undone what was prepared."
                    + " Mend the network between them, then migrate again.";
            case "agent_lost" -> "Bring the host-agent back: systemctl status godwit-host-agent on that host, and the"
                    + " network between it and the control server.";
            case "time_limit" -> "The host was too slow or hangs: its host-agent's log says in what.";
            case "vm_lost" -> "The VM ended, by itself or by somebody's hand. The hypervisors' logs at both hosts say"
                    + " when; then start it anew where its disk is.";
            case "mapping_server" -> "The mapping server is away or refuses: see its log, and docs/ims.md.";
            case "agent_internal", "server_internal" ->
                "A fault of Godwit itself: please report it with the logs of the"
                        + " control server and of the host.";
            case "agents", "vm", "operation", "guest", "devices", "target", "cpu", "machine", "emulator", "memory",
                    "storage", "space", "path", "libvirt", "bridge", "clock", "gateway", "address", "egress" ->
                "Each finding says what to do. To look again: godwit migrate VM --to HOST --plan.";
            case String _ -> "The logs of the control server and of both hosts say more.";
        };
    }
}
