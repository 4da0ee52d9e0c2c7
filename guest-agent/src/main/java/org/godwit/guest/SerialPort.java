package org.godwit.guest;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The virtio-serial port to the host. Linux lets it be opened once at a time. */
final class SerialPort {

    private static final Path PORTS = Path.of("/sys/class/virtio-ports");

    private SerialPort() {}

    /** Serves the hosts at the far end until an error. */
    static void serve(String device, HostChannel channel) throws IOException {
        try (RandomAccessFile port = new RandomAccessFile(find(device), "rw")) {
            // Closing the port closes both.
            channel.serve(new FileInputStream(port.getFD()), new FileOutputStream(port.getFD()));
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
