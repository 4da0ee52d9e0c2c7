package org.godwit.shim;

import java.util.Optional;

/** What a node does with the programs, and which of them it therefore needs where. */
enum Role {

    /** Its own packets are translated. */
    END_NODE(Abi.PROGRAM_EGRESS, Abi.PROGRAM_INGRESS, Optional.of(Abi.PROGRAM_NIC_EGRESS)),

    /** Packets of others are translated on their way through. HoAs as sources leave it by right. */
    HOME_GATEWAY(Abi.PROGRAM_GATEWAY_EGRESS, Abi.PROGRAM_GATEWAY_INGRESS, Optional.empty());

    final String matifEgress;
    final String nicIngress;
    final Optional<String> nicEgress;

    Role(String matifEgress, String nicIngress, Optional<String> nicEgress) {
        this.matifEgress = matifEgress;
        this.nicIngress = nicIngress;
        this.nicEgress = nicEgress;
    }
}
