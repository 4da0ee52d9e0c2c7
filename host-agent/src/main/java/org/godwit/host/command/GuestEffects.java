package org.godwit.host.command;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.godwit.host.guest.GuestSilentException;
import org.godwit.host.guest.Guests;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml;
import org.godwit.host.network.GuestPort;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.agent.Done;
import org.godwit.protocol.agent.EnrolGuest;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.GuestStatus;
import org.godwit.protocol.agent.Settled;
import org.godwit.protocol.agent.StageAddress;
import org.godwit.protocol.agent.StagedAddress;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.protocol.guest.GuestRequest;
import org.godwit.protocol.guest.ImsKey;
import org.godwit.protocol.guest.RefusalCode;

/** What commands ask of the VM itself. A guest that answers with somebody else's address is refused here. */
public final class GuestEffects {

    // A TCG guest that was just resumed or is under load answers within two seconds; a dead one should not hold up a plan.
    private static final Duration ANSWER_TIME_MAX = Duration.ofSeconds(5);
    // The guest itself gives up earlier and says why.
    private static final Duration STAGING_TIME_MAX = Duration.ofSeconds(20);
    private static final Duration SETTLING_TIME_MAX = Duration.ofSeconds(15);

    private final Guests guests;
    private final PortGuard ports;
    private final String reachableBridge;

    /** @param ports are guarded before the guest is asked, or else it is told first what it must change */
    public GuestEffects(Guests guests, PortGuard ports, String reachableBridge) {
        this.guests = guests;
        this.ports = ports;
        this.reachableBridge = reachableBridge;
    }

    GuestStatus check(DomainSnapshot domain) {
        ports.guard(domain);
        return look(domain);
    }

    /** As {@link #check}, but the VM's ports stay guarded as they are. */
    GuestStatus look(DomainSnapshot domain) {
        return status(ask(domain, new GuestRequest.Status(), ANSWER_TIME_MAX));
    }

    GuestStatus enrol(DomainSnapshot domain, EnrolGuest command) {
        HomeAddress hoa = HomeAddress.of(command.getHoa());
        GuestReply reply = ask(domain,
                new GuestRequest.Enrol(hoa, SitePrefix.of(command.getHoaSpace()), address(command.getImsAddress()),
                        command.getImsPort(), ImsKey.of(command.getImsKey().toByteArray())),
                ANSWER_TIME_MAX);
        GuestStatus status = status(reply);
        refuseAddressNotOfMacs(domain, reply);
        ports.guard(domain);
        if (!status.getHoa().equals(hoa.toString())) {
            throw refused("the guest was enrolled as " + hoa + " but says that it is " + status.getHoa());
        }
        return status;
    }

    StagedAddress stage(DomainSnapshot domain, StageAddress command, long epoch) {
        Gateway gateway = gateway(command.getGateway());
        MacAddress secondary = domain.xml().off(reachableBridge).map(DomainXml.Interface::mac)
                .orElseThrow(() -> new CommandFailedException(FailureCode.ADDRESS_STAGING_FAILED,
                        "VM " + domain.name() + " must have exactly one interface off " + reachableBridge));
        ports.guard(domain);
        GuestReply reply = ask(domain, new GuestRequest.Stage(secondary, gateway, new Epoch(epoch)), STAGING_TIME_MAX);
        if (!(reply instanceof GuestReply.Staged staged)) {
            throw unexpected(reply);
        }
        MobileAddress formed = gateway.prefix().addressOf(secondary);
        if (!staged.moa().equals(formed) || !staged.interfaceMac().equals(secondary)) {
            throw refused("the guest says that it formed " + staged.moa() + " on " + staged.interfaceMac()
                    + ", but was asked for " + formed + " on " + secondary);
        }
        return StagedAddress.newBuilder().setMoa(staged.moa().toString())
                .setInterfaceMac(staged.interfaceMac().text()).setLinkLocal(staged.linkLocal().toString()).build();
    }

    Done arm(DomainSnapshot domain, long epoch) {
        return done(ask(domain, new GuestRequest.Arm(new Epoch(epoch)), ANSWER_TIME_MAX));
    }

    Done unstage(DomainSnapshot domain, long epoch) {
        return done(ask(domain, new GuestRequest.Unstage(new Epoch(epoch)), ANSWER_TIME_MAX));
    }

    Settled settle(DomainSnapshot domain, long epoch) {
        GuestReply reply = ask(domain, new GuestRequest.Settle(new Epoch(epoch)), SETTLING_TIME_MAX);
        if (!(reply instanceof GuestReply.Settled settled)) {
            throw unexpected(reply);
        }
        ports.guard(domain);
        Settled.Builder outcome = Settled.newBuilder().setActiveMoa(settled.activeMoa().toString())
                .setTrigger(settled.trigger().word());
        settled.silences().vmToPeer().map(TimeUnit.MICROSECONDS::convert).ifPresent(outcome::setSilenceVmToPeerUs);
        settled.silences().peerToVm().map(TimeUnit.MICROSECONDS::convert).ifPresent(outcome::setSilencePeerToVmUs);
        return outcome.build();
    }

    static Gateway gateway(org.godwit.protocol.agent.Gateway gateway) {
        try {
            return new Gateway(LinkLocalAddress.of(gateway.getLinkLocal()), MacAddress.of(gateway.getMac()),
                    SitePrefix.of(gateway.getPrefix()));
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(FailureCode.GATEWAY_STAGING_FAILED,
                    "the target site's gateway is not usable: " + e.getMessage(), e);
        }
    }

    private GuestReply ask(DomainSnapshot domain, GuestRequest request, Duration timeLimit) {
        Path channel = domain.xml().guestChannel()
                .orElseThrow(() -> new CommandFailedException(FailureCode.GUEST_SILENT, "VM " + domain.name()
                        + " has no virtio-serial channel " + DomainXml.GUEST_CHANNEL + ": add it to its definition"));
        try {
            GuestReply reply = guests.ask(channel, request, timeLimit);
            if (reply instanceof GuestReply.Refused refused) {
                throw refusal(request, refused);
            }
            return reply;
        } catch (GuestSilentException e) {
            throw new CommandFailedException(FailureCode.GUEST_SILENT, "VM " + domain.name() + ": " + e.getMessage(),
                    e);
        }
    }

    private static CommandFailedException refusal(GuestRequest request, GuestReply.Refused refused) {
        FailureCode code;
        if (refused.code() == RefusalCode.STALE_EPOCH) {
            code = FailureCode.STALE_EPOCH;
        } else if (request instanceof GuestRequest.Stage) {
            code = FailureCode.ADDRESS_STAGING_FAILED;
        } else {
            code = FailureCode.GUEST_REFUSED;
        }
        return new CommandFailedException(code,
                "the guest agent refused (" + refused.code().word() + "): " + refused.message());
    }

    /** The guards of its ports would cut it off. */
    private static void refuseAddressNotOfMacs(DomainSnapshot domain, GuestReply reply) {
        Optional<MobileAddress> active = reply instanceof GuestReply.GuestStatus status
                ? status.activeMoa()
                : Optional.empty();
        active.filter(moa -> domain.xml().interfaces().stream().noneMatch(nic -> GuestPort.isFormedOf(moa, nic.mac())))
                .ifPresent(moa -> {
                    throw refused("the guest's address " + moa + " is not one that a MAC of the VM makes, so it would"
                            + " not be heard: let it form its addresses of its MACs"
                            + " (net.ipv6.conf.all.addr_gen_mode=0, use_tempaddr=0) and start it again");
                });
    }

    private static GuestStatus status(GuestReply reply) {
        if (!(reply instanceof GuestReply.GuestStatus status)) {
            throw unexpected(reply);
        }
        return GuestStatus.newBuilder().setEnrolled(status.enrolled())
                .setHoa(status.hoa().map(HomeAddress::toString).orElse(""))
                .setActiveMoa(status.activeMoa().map(Object::toString).orElse(""))
                .setActiveMac(status.activeMac().map(MacAddress::text).orElse(""))
                .setStagedMoa(status.stagedMoa().map(Object::toString).orElse("")).setArmed(status.armed())
                .setEpoch(status.epoch().number()).build();
    }

    private static Done done(GuestReply reply) {
        if (!(reply instanceof GuestReply.Done)) {
            throw unexpected(reply);
        }
        return Done.getDefaultInstance();
    }

    private static Inet6Address address(String text) {
        if (InetAddress.ofLiteral(text) instanceof Inet6Address address) {
            return address;
        }
        throw new IllegalArgumentException("ims_address must be an IPv6 address, got \"" + text + "\"");
    }

    private static CommandFailedException unexpected(GuestReply reply) {
        return refused(
                "the guest agent answered something else than it was asked: " + reply.getClass().getSimpleName());
    }

    private static CommandFailedException refused(String message) {
        return new CommandFailedException(FailureCode.GUEST_REFUSED, message);
    }
}
