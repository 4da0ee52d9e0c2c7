package org.godwit.host.hypervisor;

import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** What libvirt is told to take a snapshot by (https://libvirt.org/formatsnapshot.html). */
final class SnapshotXml {

    private SnapshotXml() {}

    /**
     * @param disks all that the domain has: of one that is not named libvirt would make a snapshot, too
     * @param overlays the new images of some of them
     */
    static String of(List<String> disks, Map<String, Path> overlays) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeStartElement("domainsnapshot");
            xml.writeStartElement("disks");
            for (String disk : disks) {
                disk(xml, disk, overlays.get(disk));
            }
            xml.writeEndElement();
            xml.writeEndElement();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a string was written to memory and that failed", e);
        }
        return text.toString();
    }

    private static void disk(XMLStreamWriter xml, String disk, Path overlay) throws XMLStreamException {
        xml.writeStartElement("disk");
        xml.writeAttribute("name", disk);
        xml.writeAttribute("snapshot", overlay == null ? "no" : "external");
        if (overlay != null) {
            xml.writeAttribute("type", "file");
            xml.writeEmptyElement("driver");
            xml.writeAttribute("type", "qcow2");
            xml.writeEmptyElement("source");
            xml.writeAttribute("file", overlay.toString());
        }
        xml.writeEndElement();
    }
}
