package org.godwit.host.network;

import java.util.HexFormat;
import org.godwit.shim.LinkFrame;

/** Sends a frame through a link of the namespace in which it is started. */
final class SendFrameMain {

    private SendFrameMain() {}

    /** Arguments: the link, and the frame in hexadecimal digits. */
    public static void main(String... arguments) {
        LinkFrame.send(arguments[0], HexFormat.of().parseHex(arguments[1]));
    }
}
