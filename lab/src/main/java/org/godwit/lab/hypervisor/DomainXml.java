package org.godwit.lab.hypervisor;

import static java.util.Objects.requireNonNull;

import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.godwit.lab.VmSize;
import org.godwit.model.MacAddress;
import org.godwit.model.Name;

/**
 * A VM with two interfaces, as libvirt wants it told (https://libvirt.org/formatdomain.html). The first interface
 * is on the reachable bridge, the second on the idle one; a migration exchanges them.
 *
 * @param serialLog what the guest says on its console is appended there, at the target of a migration, too
 */
public record DomainXml(Name name, UUID uuid, Accelerator accelerator, VmSize size, Path kernel, Path initrd,
        String kernelArguments, List<Nic> nics, List<Disk> disks, Path serialLog) {

    /** The virtio-serial port by which a host agent talks to the guest agent. */
    public static final String CHANNEL = "org.godwit.guest.0";

    /** One virtio interface. */
    public record Nic(MacAddress mac, String bridge) {}

    /** One virtio disk. */
    public sealed interface Disk {

        /** As libvirt names it, such as vda. */
        String target();

        /** Of what holds it, in libvirt's words. */
        String type();

        /** qcow2 or raw. */
        String format();

        /** An image at the same path on whichever host the VM is. */
        record File(String target, String format, Path image) implements Disk {
            @Override
            public String type() {
                return "file";
            }
        }

        /** What an NBD server of this machine has, so that all hosts reach it. @param socket of the server */
        record Served(String target, Path socket) implements Disk {
            @Override
            public String type() {
                return "network";
            }

            @Override
            public String format() {
                return "raw";
            }
        }
    }

    public DomainXml {
        requireNonNull(name, "name is null");
        requireNonNull(uuid, "uuid is null");
        requireNonNull(accelerator, "accelerator is null");
        requireNonNull(kernel, "kernel is null");
        requireNonNull(initrd, "initrd is null");
        requireNonNull(kernelArguments, "kernelArguments is null");
        requireNonNull(serialLog, "serialLog is null");
        nics = List.copyOf(nics);
        disks = List.copyOf(disks);
        if (size.memoryMib() < 128) {
            throw new IllegalArgumentException(
                    "a guest with a JVM needs at least 128 MiB of memory, got " + size.memoryMib());
        }
        if (size.vcpus() < 1 || size.vcpus() > 64) {
            throw new IllegalArgumentException("a guest has 1 to 64 processors, got " + size.vcpus());
        }
    }

    private boolean isSmp() {
        return size.vcpus() > 1;
    }

    public String text() {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            new Writer(xml).domain(this);
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a string was written to memory and that failed", e);
        }
        return text + "\n";
    }

    /** Elements with indentation; XMLStreamWriter does the escaping. */
    private record Writer(XMLStreamWriter xml, StringBuilder indent) {

        Writer(XMLStreamWriter xml) {
            this(xml, new StringBuilder("\n"));
        }

        void domain(DomainXml vm) throws XMLStreamException {
            xml.writeStartElement("domain");
            xml.writeAttribute("type", vm.accelerator().domainType());
            indent.append("  ");
            text("name", vm.name().text());
            text("uuid", vm.uuid().toString());
            text("memory", Integer.toString(vm.size().memoryMib()), "unit", "MiB");
            text("vcpu", Integer.toString(vm.size().vcpus()));
            begin("os");
            text("type", "hvm", "arch", "x86_64", "machine", "q35");
            text("kernel", vm.kernel().toString());
            text("initrd", vm.initrd().toString());
            text("cmdline", vm.kernelArguments());
            end();
            begin("features");
            empty("acpi");
            end();
            empty("cpu", "mode", "maximum");
            text("on_poweroff", "destroy");
            text("on_reboot", "destroy");
            text("on_crash", "destroy");
            devices(vm);
            indent.setLength(1);
            xml.writeCharacters(indent.toString());
            xml.writeEndElement();
        }

        private void devices(DomainXml vm) throws XMLStreamException {
            begin("devices");
            for (Disk disk : vm.disks()) {
                disk(disk);
            }
            for (Nic nic : vm.nics()) {
                begin("interface", "type", "bridge");
                empty("mac", "address", nic.mac().text());
                empty("source", "bridge", nic.bridge());
                empty("model", "type", "virtio");
                if (vm.isSmp()) {
                    empty("driver", "queues", Integer.toString(vm.size().vcpus()));
                }
                end();
            }
            begin("serial", "type", "file");
            empty("source", "path", vm.serialLog().toString(), "append", "on");
            empty("target", "port", "0");
            end();
            begin("channel", "type", "unix");
            empty("target", "type", "virtio", "name", CHANNEL);
            end();
            empty("controller", "type", "usb", "model", "none");
            empty("memballoon", "model", "none");
            end();
        }

        private void disk(Disk disk) throws XMLStreamException {
            begin("disk", "type", disk.type(), "device", "disk");
            empty("driver", "name", "qemu", "type", disk.format());
            switch (disk) {
                case Disk.File(_, _, Path image) -> empty("source", "file", image.toString());
                case Disk.Served(_, Path socket) -> {
                    begin("source", "protocol", "nbd");
                    empty("host", "transport", "unix", "socket", socket.toString());
                    end();
                }
            }
            empty("target", "dev", disk.target(), "bus", "virtio");
            end();
        }

        private void begin(String element, String... attributes) throws XMLStreamException {
            xml.writeCharacters(indent.toString());
            xml.writeStartElement(element);
            attributes(attributes);
            indent.append("  ");
        }

        private void end() throws XMLStreamException {
            indent.setLength(indent.length() - 2);
            xml.writeCharacters(indent.toString());
            xml.writeEndElement();
        }

        private void empty(String element, String... attributes) throws XMLStreamException {
            xml.writeCharacters(indent.toString());
            xml.writeEmptyElement(element);
            attributes(attributes);
        }

        private void text(String element, String text, String... attributes) throws XMLStreamException {
            xml.writeCharacters(indent.toString());
            xml.writeStartElement(element);
            attributes(attributes);
            xml.writeCharacters(text);
            xml.writeEndElement();
        }

        private void attributes(String... namesAndValues) throws XMLStreamException {
            for (int i = 0; i < namesAndValues.length; i += 2) {
                xml.writeAttribute(namesAndValues[i], namesAndValues[i + 1]);
            }
        }
    }
}
