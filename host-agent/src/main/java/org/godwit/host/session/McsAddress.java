package org.godwit.host.session;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the MCS listens for agents. */
public record McsAddress(String host, int port) {

    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([A-Za-z0-9.-]+)):([0-9]{1,5})");

    public McsAddress {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("the MCS's port must be 1 to 65535, got " + port);
        }
    }

    /** @throws IllegalArgumentException when it is neither {@code [address]:port} nor {@code name:port} */
    public static McsAddress parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "the MCS must be given as [2001:db8::1]:8443 or name:8443, got \"" + text + "\"");
        }
        return new McsAddress(form.group(1) == null ? form.group(2) : form.group(1), Integer.parseInt(form.group(3)));
    }

    /** With the brackets of RFC 3986 where it is an address: Vert.x puts it into the request's authority as it is. */
    String hostInUri() {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }

    @Override
    public String toString() {
        return hostInUri() + ":" + port;
    }
}
