package org.godwit.lab.meter;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Reads 1, 2, 3 and so on from a TCP server, a number a line, and says now and then how far it has come. Ends when a number is
 * missing, comes twice or is no number.
 */
public final class CountMain {

    private static final long SAID_EVERY = 1 << 16;

    private CountMain() {}

    /** @param arguments the server's address and port */
    public static void main(String[] arguments) throws IOException {
        try (Socket socket = new Socket(arguments[0], Integer.parseInt(arguments[1]));
                BufferedReader numbers = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII), 1 << 16)) {
            for (long expected = 1;; expected++) {
                String line = numbers.readLine();
                if (!Long.toString(expected).equals(line)) {
                    System.out.println("after " + (expected - 1) + " came " + line);
                    System.exit(1);
                }
                if (expected % SAID_EVERY == 0) {
                    System.out.println("counted " + expected);
                }
            }
        }
    }
}
