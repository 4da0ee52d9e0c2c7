package org.godwit.guest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.godwit.model.Gateway;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.guest.RefusalCode;

/** Two NICs on links that advertise what the test says. Its text is the state of both. */
final class FakeInterfaces implements Interfaces {

    static final Nic ETH0 = new Nic("eth0", 2, MacAddress.of("52:54:00:00:00:01"));
    static final Nic ETH1 = new Nic("eth1", 3, MacAddress.of("52:54:00:00:00:02"));

    private final Map<Nic, Gateway> links = new HashMap<>();
    private final Map<Nic, String> states = new HashMap<>();
    private Nic first = ETH0;
    List<Reached> reached = List.of();
    String broken = "";

    FakeInterfaces() {
        states.put(ETH0, "down");
        states.put(ETH1, "down");
    }

    void advertise(Nic nic, Gateway gateway) {
        links.put(nic, gateway);
    }

    void silence(Nic nic) {
        links.remove(nic);
    }

    void firstUplink(Nic nic) {
        first = nic;
    }

    @Override
    public List<Nic> nics() {
        return List.of(ETH0, ETH1);
    }

    @Override
    public Optional<Uplink> uplink(SitePrefix hoaSpace, Duration atMost) {
        Gateway gateway = links.get(first);
        if (gateway == null) {
            return Optional.empty();
        }
        states.put(first, "up " + gateway.prefix().addressOf(first.mac()));
        return Optional.of(new Uplink(first, gateway.prefix().addressOf(first.mac()), gateway.prefix(),
                gateway.linkLocal()));
    }

    @Override
    public Optional<MobileAddress> address(String name, SitePrefix hoaSpace, Duration atMost) {
        return Optional.of(MobileAddress.of("2001:db8:c::c"));
    }

    @Override
    public List<Reached> reached(List<String> names, SitePrefix hoaSpace) {
        return reached.stream().filter(it -> names.contains(it.nic().name())).toList();
    }

    @Override
    public void awaitChange(Duration atMost) {}

    @Override
    public void routeFrom(Uplink uplink) {
        states.merge(uplink.nic(), ", default from " + uplink.prefix() + " via " + uplink.router(), String::concat);
    }

    @Override
    public Formed stage(Nic nic, Gateway gateway, Duration atMost) throws Refusal {
        breakIf("stage");
        Gateway there = links.get(nic);
        states.put(nic, "up, default from " + gateway.prefix() + " via " + gateway.linkLocal());
        if (there == null || !there.prefix().equals(gateway.prefix())) {
            throw new Refusal(RefusalCode.NO_ROUTER_ADVERTISEMENT, "no address under " + gateway.prefix());
        }
        LinkLocalAddress linkLocal = nic.mac().linkLocal();
        MobileAddress moa = gateway.prefix().addressOf(nic.mac());
        states.put(nic, "up " + moa + ", default from " + gateway.prefix() + " via " + gateway.linkLocal()
                + " pinned at " + gateway.mac());
        return new Formed(moa, linkLocal);
    }

    @Override
    public void settle(Nic nic, Gateway gateway) {
        breakIf("settle");
        states.compute(nic, (_, state) -> state.replace(" pinned at " + gateway.mac(), ""));
    }

    @Override
    public void release(Nic nic) {
        breakIf("release");
        states.put(nic, "down");
    }

    private void breakIf(String what) {
        if (broken.equals(what)) {
            throw new InterfacesException("ip refused (RTNETLINK answers: Operation not permitted): " + what);
        }
    }

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        for (Nic nic : nics()) {
            lines.add(nic.name() + ": " + states.get(nic));
        }
        return String.join("\n", lines);
    }
}
