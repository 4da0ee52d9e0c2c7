package org.godwit.lab;

import static java.util.Objects.requireNonNull;

import org.godwit.lab.network.NetworkPlan.SiteLink;
import org.godwit.model.Gateway;
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;

/** A network with a prefix of its own and the gateway that advertises it. */
public final class Site {

    private final Lab lab;
    private final SiteLink link;
    private final SiteGateway node;
    private LongLink longLink;

    Site(Lab lab, SiteLink link) {
        this.lab = requireNonNull(lab, "lab is null");
        this.link = requireNonNull(link, "link is null");
        this.node = new SiteGateway(lab, link);
    }

    public Name name() {
        return link.site();
    }

    public SitePrefix prefix() {
        return link.gateway().prefix();
    }

    /** The gateway as hosts see it: what an operator registers at the MCS. */
    public Gateway gateway() {
        return link.gateway();
    }

    /** The gateway as a node in which programs can be started. */
    public SiteGateway gatewayNode() {
        return node;
    }

    /** What is between this site and everything else. @throws LabException unless it was drawn far, and the lab has started */
    public LongLink longLink() {
        if (longLink == null) {
            throw new LabException("site " + this + " is near: draw it with farSite(), and start the lab");
        }
        return longLink;
    }

    void stretch() {
        longLink = LongLink.open(lab, this);
    }

    SiteLink link() {
        return link;
    }

    @Override
    public String toString() {
        return link.site().text();
    }
}
