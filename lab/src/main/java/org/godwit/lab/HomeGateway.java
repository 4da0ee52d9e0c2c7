package org.godwit.lab;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.godwit.lab.network.NetworkPlan.LeafLink;
import org.godwit.model.HomeAddress;
import org.godwit.model.SitePrefix;

/** A router behind the internet to which the HoA space leads, so that nodes without MAT reach HoAs through it. */
public final class HomeGateway extends MountedNode {

    /** Its one interface to the internet. */
    public static final String DEVICE = "eth0";

    private final HomeAddress hoa;
    private final SitePrefix proxyPrefix;
    private final List<Node> named = new ArrayList<>();

    HomeGateway(Lab lab, LeafLink link, HomeAddress hoa, SitePrefix proxyPrefix) {
        super(lab, link.node(), link.address());
        this.hoa = requireNonNull(hoa, "hoa is null");
        this.proxyPrefix = requireNonNull(proxyPrefix, "proxyPrefix is null");
    }

    public HomeAddress hoa() {
        return hoa;
    }

    /** From which correspondents get their proxy addresses; it leads here too. */
    public SitePrefix proxyPrefix() {
        return proxyPrefix;
    }

    /** Names plain correspondents to it, so that VMs can speak to them first. Before its agent starts. */
    public HomeGateway speaksAlwaysFor(Node... plain) {
        named.addAll(List.of(plain));
        return this;
    }

    public List<Node> named() {
        return List.copyOf(named);
    }

    @Override
    void hold() {
        super.hold();
        mount("-t", "bpf", "bpf", "/sys/fs/bpf");
    }
}
