package org.godwit.guest;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.shim.KernelDataPlane;
import org.godwit.shim.Slot;

/** What the test needs inside of namespaces: two nodes that know each other without a mapping server, and a TCP connection. */
final class PeerProcess {

    private static final int PORT = 7011;
    private static final int TIMEOUT_MS = 20_000;

    private PeerProcess() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "install" -> install(arguments);
            case "serve" -> serve(HomeAddress.of(arguments[1]));
            case "talk" -> talk(HomeAddress.of(arguments[1]), HomeAddress.of(arguments[2]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** HOA MOA INTERFACE INDEX PEER-HOA PEER-MOA [PIN-FOLDER] */
    private static void install(String[] with) {
        Optional<Path> pin = with.length > 7 ? Optional.of(Path.of(with[7])) : Optional.empty();
        try (KernelDataPlane plane = KernelDataPlane.install(HomeAddress.of(with[1]), "2001:db8:face::/64", pin)) {
            plane.attach(with[3]);
            plane.own(Slot.FIRST, MobileAddress.of(with[2]), Integer.parseInt(with[4]));
            plane.putPeer(HomeAddress.of(with[5]), MobileAddress.of(with[6]), Optional.empty(), Optional.empty(),
                    new Epoch(3));
        }
    }

    private static void serve(HomeAddress own) throws IOException {
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(own.address().toInetAddress(), PORT));
            System.out.println("ready");
            try (Socket client = server.accept()) {
                client.setTcpNoDelay(true);
                client.getInputStream().transferTo(client.getOutputStream());
            }
        }
    }

    /** An echo every few milliseconds until standard input ends; then says how many there were. */
    private static void talk(HomeAddress own, HomeAddress peer) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.bind(new InetSocketAddress(own.address().toInetAddress(), 0));
            socket.connect(new InetSocketAddress(peer.address().toInetAddress(), PORT), TIMEOUT_MS);
            int echoes = 0;
            while (System.in.available() == 0) {
                socket.getOutputStream().write(echoes);
                if (socket.getInputStream().read() != (echoes & 0xff)) {
                    throw new IOException("not what was sent came back");
                }
                if (++echoes == 1) {
                    System.out.println("ready");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            }
            System.out.println("echoes " + echoes);
        }
    }
}
