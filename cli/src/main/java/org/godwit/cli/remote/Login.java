package org.godwit.cli.remote;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who enters where.
 *
 * @param host a name or an address, without brackets
 * @param port 1 to 65535
 */
public record Login(String user, String host, int port) {

    public static final int PORT_DEFAULT = 22;

    private static final Pattern FORM = Pattern.compile("(?<user>[A-Za-z_][A-Za-z0-9_.-]*)@"
            + "(?:\\[(?<address>[0-9a-fA-F:.]+(?:%[A-Za-z0-9_.-]+)?)]|(?<name>[A-Za-z0-9.-]+))(?::(?<port>[0-9]{1,5}))?");

    public Login {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("the port of SSH must be 1 to 65535, got " + port);
        }
    }

    /** @throws IllegalArgumentException when it is not of the form {@code user@host[:port]}, IPv6 addresses in brackets */
    public static Login parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "a host is entered as root@a-1.example or admin@[2001:db8::1]:22, got \"" + text + "\"");
        }
        return new Login(form.group("user"),
                form.group("address") == null ? form.group("name") : form.group("address"),
                form.group("port") == null ? PORT_DEFAULT : Integer.parseInt(form.group("port")));
    }

    /** Whether whoever enters so has all rights there. */
    public boolean isRoot() {
        return user.equals("root");
    }

    /** The host with the brackets of RFC 3986 where it is an IPv6 address. */
    public String hostInUri() {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }

    @Override
    public String toString() {
        return user + "@" + hostInUri() + (port == PORT_DEFAULT ? "" : ":" + port);
    }
}
