package org.godwit.guest;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The virtio-serial port to the host. Linux lets it be opened once at a time. */
final class SerialPort {

    private static final Path PORTS = Path.of("/sys/class/virtio-ports");

    private SerialPort() {}

    /** Serves the hosts at the far end until an error. */
    static void serve(String device, HostChannel channel) throws IOException {
        Path found = Path.of(find(device));
        if (Files.isRegularFile(found)) {
            throw new IOException(
                    found + " is a plain file, not a virtio-serial port: remove it, since it stands in the way "
                            + "of the device");
        }
        // Does not make what is not there yet; closing it closes both streams.
        try (FileChannel port = FileChannel.open(found, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.serve(Channels.newInputStream(port), Channels.newOutputStream(port));
        }
    }

    /** Where no udev makes {@code /dev/virtio-ports/NAME}, the port is found by its name. */
    private static String find(String device) throws IOException {
        if (Files.exists(Path.of(device)) || !Files.isDirectory(PORTS)) {
            return device;
        }
        String name = Path.of(device).getFileName().toString();
        try (DirectoryStream<Path> ports = Files.newDirectoryStream(PORTS)) {
            for (Path port : ports) {
                Path named = port.resolve("name");
                if (Files.exists(named) && Files.readString(named).strip().equals(name)) {
                    return "/dev/" + port.getFileName();
                }
            }
        }
        return device;
    }
}
