package org.godwit.lab.network;

import static java.util.Objects.requireNonNull;

import org.godwit.model.Gateway;

/** The radvd.conf of a site's gateway: an ordinary router that knows nothing of Godwit. */
public record RadvdConf(String device, Gateway gateway) {

    public RadvdConf {
        requireNonNull(device, "device is null");
        requireNonNull(gateway, "gateway is null");
    }

    /** See radvd.conf(5). Three seconds is the shortest interval it accepts; it answers solicitations in between. */
    public String text() {
        return """
                interface %s {
                    AdvSendAdvert on;
                    MinRtrAdvInterval 3;
                    MaxRtrAdvInterval 10;
                    AdvDefaultLifetime 1800;
                    AdvSourceLLAddress on;
                    AdvRASrcAddress { %s; };
                    prefix %s {
                        AdvOnLink on;
                        AdvAutonomous on;
                        AdvValidLifetime 86400;
                        AdvPreferredLifetime 14400;
                    };
                };
                """.formatted(device, gateway.linkLocal(), gateway.prefix());
    }
}
