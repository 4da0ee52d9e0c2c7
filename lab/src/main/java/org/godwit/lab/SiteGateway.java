package org.godwit.lab;

import java.nio.file.Path;
import java.util.List;
import org.godwit.lab.network.NetworkPlan.SiteLink;
import org.godwit.lab.network.RadvdConf;

/** A site's router: forwarding, and a real radvd that knows nothing of Godwit. */
public final class SiteGateway extends Node {

    /** The bridge that is the site's link. */
    public static final String LINK = "lan";

    private final SiteLink link;

    SiteGateway(Lab lab, SiteLink link) {
        super(lab, link.gatewayNode(), link.gatewayAddress());
        this.link = link;
    }

    void advertise() {
        Path conf = lab().folder().path().resolve(name() + "-radvd.conf");
        LabFolder.write(conf, new RadvdConf(LINK, link.gateway()).text());
        Path pid = lab().folder().path().resolve(name() + "-radvd.pid");
        start("radvd", List.of("radvd", "--nodaemon", "--config", conf.toString(), "--pidfile", pid.toString(),
                "--logmethod", "stderr", "--debug", "1"));
    }
}
