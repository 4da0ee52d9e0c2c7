package org.godwit.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.shim.KernelHomeGateway;

/** Puts a home gateway in place on this router. */
final class HomeGatewayInstallation {

    private static final Duration ADDRESS_WAIT = Duration.ofSeconds(30);
    private static final Path FORWARDING = Path.of("/proc/sys/net/ipv6/conf/all/forwarding");

    private final Interfaces interfaces;
    private final GatewayMappings.Opener mappingServer;
    private final LongSupplier nanoTicker;
    private final LineLog log;

    HomeGatewayInstallation(Interfaces interfaces, GatewayMappings.Opener mappingServer, LongSupplier nanoTicker,
            LineLog log) {
        this.interfaces = interfaces;
        this.mappingServer = mappingServer;
        this.nanoTicker = nanoTicker;
        this.log = log;
    }

    /**
     * @throws InterfacesException when the interface has no address in time
     * @throws IOException when the proxy key cannot be read or made
     */
    HomeGatewayNode install(Options.Gateway options) throws IOException {
        Enrol identity = options.identity();
        SitePrefix prefix = options.proxyPrefix();
        if (Files.readString(FORWARDING).strip().equals("0")) {
            throw new IOException("this node does not forward, which a home gateway must: set"
                    + " net.ipv6.conf.all.forwarding=1");
        }
        byte[] key = ProxyKeyFile.read(options.proxyKeyFile(), new SecureRandom());
        MobileAddress address = interfaces.address(options.interfaceName(), identity.hoaSpace(), ADDRESS_WAIT)
                .orElseThrow(() -> new InterfacesException(options.interfaceName()
                        + " has no global address outside " + identity.hoaSpace() + " after "
                        + ADDRESS_WAIT.toSeconds() + " s"));
        KernelHomeGateway plane = KernelHomeGateway.install(new KernelHomeGateway.Settings(identity.hoa(),
                identity.hoaSpace().toString(), prefix, address, options.interfaceName()), options.pin());
        plane.notices().forEach(notice -> log.line("shim_notice", "notice", notice));
        log.line("installed", "hoa", identity.hoa(), "address", address, "interface", options.interfaceName(),
                "proxy_prefix", prefix);
        return HomeGatewayNode.start(plane, identity, address, new ProxyAddresses(prefix, key),
                options.correspondents(), mappingServer,
                nanoTicker, log);
    }
}
