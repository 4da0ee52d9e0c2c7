package org.godwit.host.hypervisor;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.godwit.model.MacAddress;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** A domain's definition in libvirt's format, as much of it as we look at, and the definition that travels to a target. */
public final class DomainXml {

    /** The virtio-serial port of the guest agent. */
    public static final String GUEST_CHANNEL = "org.godwit.guest.0";

    private final Document document;

    private DomainXml(Document document) {
        this.document = document;
    }

    /**
     * One network interface of the domain.
     *
     * @param bridge empty when it is attached to something else
     * @param tap the link on this host; empty while the domain does not run
     */
    public record Interface(MacAddress mac, String bridge, String tap) {}

    /**
     * A disk of the domain that is a file, and no drive with something exchangeable in it.
     *
     * @param target what the domain knows it as: vda
     * @param format as the definition says, which never guesses: qcow2, raw
     * @param isShared whether other domains may write to it at the same time
     */
    public record FileDisk(String target, String path, String format, boolean writable, boolean isShared) {}

    /** @throws HypervisorException when it is not XML; document types are refused, so nothing is ever fetched */
    public static DomainXml parse(String xml) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            // The default handler prints to standard error besides throwing.
            builder.setErrorHandler(null);
            return new DomainXml(builder.parse(new InputSource(new StringReader(xml))));
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new HypervisorException("the domain's definition is not the XML that libvirt prints", e);
        }
    }

    /** What libvirt does when the guest has shut down: destroy, unless it says something else. */
    public String onPowerOff() {
        return child(document.getDocumentElement(), "on_poweroff").map(element -> element.getTextContent().strip())
                .orElse("destroy");
    }

    /** Whether its memory is in huge pages of the host. */
    boolean isInHugePages() {
        return child(document.getDocumentElement(), "memoryBacking").flatMap(it -> child(it, "hugepages")).isPresent();
    }

    public List<Interface> interfaces() {
        return interfaceElements().map(DomainXml::read).toList();
    }

    /** The one interface on the bridge; empty when none or more than one is. */
    public Optional<Interface> on(String bridge) {
        List<Interface> there = interfaces().stream().filter(nic -> nic.bridge().equals(bridge)).toList();
        return there.size() == 1 ? Optional.of(there.getFirst()) : Optional.empty();
    }

    /** The one interface elsewhere; empty when none or more than one is. */
    public Optional<Interface> off(String bridge) {
        List<Interface> elsewhere = interfaces().stream().filter(nic -> !nic.bridge().equals(bridge)).toList();
        return elsewhere.size() == 1 ? Optional.of(elsewhere.getFirst()) : Optional.empty();
    }

    public List<FileDisk> fileDisks() {
        return diskElements().filter(disk -> disk.getAttribute("type").equals("file"))
                .filter(disk -> !disk.hasAttribute("device") || disk.getAttribute("device").equals("disk"))
                .flatMap(disk -> child(disk, "source").filter(source -> source.hasAttribute("file")).stream()
                        .map(source -> new FileDisk(target(disk), source.getAttribute("file"),
                                child(disk, "driver").map(driver -> driver.getAttribute("type")).orElse(""),
                                child(disk, "readonly").isEmpty(), child(disk, "shareable").isPresent())))
                .toList();
    }

    /** Of every disk and drive. */
    List<String> diskTargets() {
        return diskElements().map(DomainXml::target).toList();
    }

    private static String target(Element disk) {
        return child(disk, "target").map(target -> target.getAttribute("dev")).orElse("");
    }

    /** The socket of the guest agent's channel on this host; empty when the domain has no such channel or does not run. */
    public Optional<Path> guestChannel() {
        return guestChannelElement().flatMap(channel -> child(channel, "source"))
                .map(source -> source.getAttribute("path")).filter(path -> !path.isEmpty()).map(DomainXml::path);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new HypervisorException("the domain's channel has no path that this host can have: " + e.getMessage(),
                    e);
        }
    }

    /**
     * The definition for the target host, with the roles of the two interfaces exchanged: the one that is off the reachable
     * link here will be on it there. Names that only mean something on this host are left out.
     *
     * @throws HypervisorException when the domain does not have exactly one interface on the reachable bridge and one off it
     */
    public String forTarget(String reachableBridge, Hypervisor.CopyOrder order) {
        if (on(reachableBridge).isEmpty() || off(reachableBridge).isEmpty()) {
            throw new HypervisorException("the domain must have two interfaces, one of them on " + reachableBridge
                    + ", got " + interfaces());
        }
        Document copy = (Document) document.cloneNode(true);
        DomainXml target = new DomainXml(copy);
        target.interfaceElements().toList().forEach(nic -> {
            boolean primary = read(nic).bridge().equals(reachableBridge);
            attach(nic, primary ? order.targetIdleBridge() : order.targetReachableBridge(), primary);
        });
        target.guestChannelElement().flatMap(channel -> child(channel, "source")).ifPresent(DomainXml::remove);
        // What an image there is backed by, its own header says; told here, libvirt would look for this host's.
        target.diskElements().filter(disk -> order.disks().containsKey(target(disk))).forEach(disk -> {
            children(disk, "backingStore").forEach(DomainXml::remove);
            children(disk, "source")
                    .forEach(source -> source.setAttribute("file", order.disks().get(target(disk)).toString()));
        });
        return target.text();
    }

    private static void attach(Element nic, String bridge, boolean isolated) {
        child(nic, "target").ifPresent(DomainXml::remove);
        child(nic, "port").ifPresent(DomainXml::remove);
        Element source = child(nic, "source")
                .orElseThrow(() -> new HypervisorException("an interface of the domain has no source"));
        // A live definition also names the network's port and the like, which belong to this host.
        List.copyOf(attributeNames(source)).forEach(source::removeAttribute);
        source.setAttribute("bridge", bridge);
        nic.setAttribute("type", "bridge");
        if (isolated) {
            // Idle interfaces of different VMs share a bridge and must not hear each other.
            Element port = nic.getOwnerDocument().createElement("port");
            port.setAttribute("isolated", "yes");
            nic.insertBefore(port, source.getNextSibling());
        }
    }

    /** The definition as a tree. */
    Element root() {
        return document.getDocumentElement();
    }

    private String text() {
        return text(document);
    }

    static String text(Node node) {
        try {
            Transformer transformer = TransformerFactory.newDefaultInstance().newTransformer();
            transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            StringWriter text = new StringWriter();
            transformer.transform(new DOMSource(node), new StreamResult(text));
            return text.toString();
        } catch (TransformerException e) {
            throw new HypervisorException("the domain's definition cannot be written", e);
        }
    }

    private Stream<Element> interfaceElements() {
        return devices("interface");
    }

    private Stream<Element> diskElements() {
        return devices("disk");
    }

    private Stream<Element> devices(String kind) {
        return children(document.getDocumentElement(), "devices").stream()
                .flatMap(devices -> children(devices, kind).stream());
    }

    private Optional<Element> guestChannelElement() {
        return children(document.getDocumentElement(), "devices").stream()
                .flatMap(devices -> children(devices, "channel").stream())
                .filter(channel -> channel.getAttribute("type").equals("unix"))
                .filter(channel -> child(channel, "target").map(target -> target.getAttribute("name"))
                        .filter(GUEST_CHANNEL::equals).isPresent())
                .findFirst();
    }

    private static Interface read(Element nic) {
        String mac = child(nic, "mac").map(element -> element.getAttribute("address"))
                .orElseThrow(() -> new HypervisorException("an interface of the domain has no MAC address"));
        return new Interface(mac(mac),
                child(nic, "source").map(source -> source.getAttribute("bridge")).orElse(""),
                child(nic, "target").map(target -> target.getAttribute("dev")).orElse(""));
    }

    private static MacAddress mac(String text) {
        try {
            return MacAddress.of(text);
        } catch (IllegalArgumentException e) {
            throw new HypervisorException(
                    "an interface of the domain has no MAC address that is one: " + e.getMessage(),
                    e);
        }
    }

    private static List<String> attributeNames(Element element) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            names.add(element.getAttributes().item(i).getNodeName());
        }
        return names;
    }

    static Optional<Element> child(Element parent, String name) {
        return children(parent, name).stream().findFirst();
    }

    static List<Element> children(Element parent, String name) {
        List<Element> children = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                children.add(element);
            }
        }
        return children;
    }

    /** With the white space before it, so that no hole is left in the text. */
    private static void remove(Element element) {
        Node before = element.getPreviousSibling();
        if (before != null && before.getNodeType() == Node.TEXT_NODE && before.getTextContent().isBlank()) {
            before.getParentNode().removeChild(before);
        }
        element.getParentNode().removeChild(element);
    }
}
