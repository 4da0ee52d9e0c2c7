package org.godwit.host.hypervisor;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.godwit.model.CopyOptions;
import org.godwit.model.Strategy;

/** Domain definitions of which no word is trusted. */
public final class DomainXmlFuzz {

    private static final Hypervisor.CopyOrder ORDER = new Hypervisor.CopyOrder("qemu+tcp://[2001:db8:b::10]/system",
            "br-site", "gw-idle", Strategy.PRE_COPY, CopyOptions.STANDARD,
            Map.of("vda", Path.of("/srv/vm1.qcow2.godwit-overlay")), true);

    private DomainXmlFuzz() {}

    static List<byte[]> seeds() {
        return List.of("""
                <domain type='kvm' id='3'><name>vm1</name><devices>
                  <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br-site'/>
                    <target dev='vnet0'/></interface>
                  <interface type='bridge'><mac address='52:54:00:00:00:02'/><source network='x' bridge='gw-idle'/>
                    <target dev='vnet1'/><port isolated='yes'/></interface>
                  <channel type='unix'><source mode='bind' path='/run/vm1.sock'/>
                    <target type='virtio' name='org.godwit.guest.0'/></channel>
                </devices></domain>""", """
                <!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY a "&x;&x;">]><domain>&a;</domain>""", """
                <domain><devices>
                  <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br-site'/></interface>
                  <interface type='user'><mac address='52:54:00:00:00:02'/></interface>
                </devices></domain>""", "<a>".repeat(4000) + "</a>".repeat(4000)).stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        try {
            DomainXml xml = DomainXml.parse(new String(bytes, StandardCharsets.UTF_8));
            xml.interfaces();
            xml.on("br-site");
            xml.off("br-site");
            xml.guestChannel();
            DomainXml.parse(xml.forTarget("br-site", ORDER)).interfaces();
        } catch (HypervisorException e) {
            // What is refused with words is well treated.
        }
    }
}
