package org.godwit.host.network;

/**
 * Renders the radvd.conf of one dummy bridge. The source address of its advertisements is the bridge's only link-local
 * address, the gateway's. 3 s is the least interval that radvd accepts; solicitations are answered in between, by unicast
 * (RFC 7772).
 */
final class RadvdConfig {

    private RadvdConfig() {}

    static String render(DummyBridge dummy) {
        return """
                interface %s
                {
                    AdvSendAdvert on;
                    MinRtrAdvInterval 3;
                    MaxRtrAdvInterval 4;
                    AdvDefaultLifetime 1800;
                    AdvSourceLLAddress on;
                    AdvRASolicitedUnicast on;
                    prefix %s
                    {
                        AdvOnLink on;
                        AdvAutonomous on;
                        AdvValidLifetime 86400;
                        AdvPreferredLifetime 14400;
                    };
                };
                """.formatted(dummy.name(), dummy.gateway().prefix());
    }
}
