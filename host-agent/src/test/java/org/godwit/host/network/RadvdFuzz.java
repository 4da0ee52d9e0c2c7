package org.godwit.host.network;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.godwit.model.Gateway;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.SitePrefix;

/** A gateway and a tap as somebody wishes them: what is accepted makes a configuration with nothing else in it. */
public final class RadvdFuzz {

    private static final UUID VM = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000001");
    private static final Pattern FIRST = Pattern.compile("interface gws-[0-9a-f]{1,11}");
    private static final Pattern PREFIX = Pattern.compile("    prefix [0-9a-f:]{2,39}/64");
    private static final int LINES = 16;

    private RadvdFuzz() {}

    static List<byte[]> seeds() {
        return List.of("fe80::b1\n02:00:00:00:00:b1\n2001:db8:b::/64\nvnet1".getBytes(StandardCharsets.UTF_8),
                "fe80::b1%eth0\n02-00-00-00-00-b1\n2001:db8:b::1/64\nvnet1;".getBytes(StandardCharsets.UTF_8),
                "fe80::b1\n0200.0000.00b1\n2001:db8:b::/64 { AdvOnLink on; }\n\0".getBytes(StandardCharsets.UTF_8));
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        String[] parts = new String(bytes, StandardCharsets.UTF_8).split("\n", 4);
        if (parts.length < 4) {
            return;
        }
        DummyBridge dummy;
        try {
            dummy = new DummyBridge(VM, new Gateway(LinkLocalAddress.of(parts[0]), MacAddress.of(parts[1]),
                    SitePrefix.of(parts[2])), parts[3]);
        } catch (IllegalArgumentException e) {
            return;
        }
        List<String> lines = RadvdConfig.render(dummy).lines().toList();
        if (lines.size() != LINES || !FIRST.matcher(lines.get(0)).matches()
                || lines.stream().filter(line -> PREFIX.matcher(line).matches()).count() != 1) {
            throw new IllegalStateException("rendered from " + dummy + ": " + lines);
        }
    }
}
