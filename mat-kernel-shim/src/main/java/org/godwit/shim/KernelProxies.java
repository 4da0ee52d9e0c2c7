package org.godwit.shim;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/** The two maps of a home gateway: by correspondent for the way out, by proxy address for the way back. */
final class KernelProxies implements Proxies {

    private final BpfMap proxies;
    private final BpfMap proxied;

    private final BiConsumer<HomeAddress, MobileAddress> ready;

    /** @param ready told of everybody who has been put */
    KernelProxies(KernelObject kernel, BiConsumer<HomeAddress, MobileAddress> ready) {
        proxies = kernel.map(Abi.MAP_PROXIES, Abi.PROXY_BYTES);
        proxied = kernel.map(Abi.MAP_PROXIED, Abi.PROXY_BYTES);
        this.ready = ready;
    }

    /** Whether a correspondent or proxy address that it waits for is known. */
    static boolean canTranslate(KernelObject kernel, HeldPacket packet) {
        BpfMap map = kernel.map(packet.incoming() ? Abi.MAP_PROXIED : Abi.MAP_PROXIES, Abi.PROXY_BYTES);
        return map.get(packet.address()).isPresent();
    }

    @Override
    public synchronized void put(HomeAddress correspondent, MobileAddress proxy) {
        Optional<MobileAddress> before = proxy(correspondent);
        // The way back is open before anybody is invited to use it.
        proxied.put(proxy.bytes(), value(correspondent.bytes()));
        proxies.put(correspondent.bytes(), value(proxy.bytes()));
        before.filter(old -> !old.equals(proxy)).ifPresent(old -> proxied.remove(old.bytes()));
        ready.accept(correspondent, proxy);
    }

    @Override
    public synchronized void remove(HomeAddress correspondent) {
        Optional<MobileAddress> before = proxy(correspondent);
        proxies.remove(correspondent.bytes());
        before.ifPresent(proxy -> proxied.remove(proxy.bytes()));
    }

    @Override
    public synchronized Use takeUse(HomeAddress correspondent) {
        return new Use(takeUsed(proxies, correspondent.bytes()),
                proxy(correspondent).filter(proxy -> takeUsed(proxied, proxy.bytes())).isPresent());
    }

    private static boolean takeUsed(BpfMap map, byte[] key) {
        Optional<ByteBuffer> entry = map.get(key).filter(value -> value.getInt(Abi.PROXY_USED) != 0);
        entry.ifPresent(value -> map.put(key, value(BpfMap.address(value, Abi.PROXY_ADDRESS))));
        return entry.isPresent();
    }

    @Override
    public synchronized Map<HomeAddress, MobileAddress> known() {
        Map<HomeAddress, MobileAddress> known = new HashMap<>();
        for (byte[] key : proxies.keys(Abi.ADDRESS_BYTES)) {
            HomeAddress correspondent = HomeAddress.of(key);
            proxy(correspondent).ifPresent(proxy -> known.put(correspondent, proxy));
        }
        return known;
    }

    private Optional<MobileAddress> proxy(HomeAddress correspondent) {
        return proxies.get(correspondent.bytes())
                .map(value -> MobileAddress.of(BpfMap.address(value, Abi.PROXY_ADDRESS)));
    }

    /** An entry that has not been used. */
    private static ByteBuffer value(byte[] address) {
        return BpfMap.buffer(Abi.PROXY_BYTES).put(Abi.PROXY_ADDRESS, address);
    }
}
