package org.godwit.host.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.host.network.LinkFacts.Router;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.SitePrefix;

/** Reads what rdisc6 prints. An advertisement ends with the line that says whom it came from. */
final class Rdisc6 {

    private static final Pattern MAC = Pattern.compile("\\s*Source link-layer address\\s*:\\s*(\\S+)");
    private static final Pattern PREFIX = Pattern.compile("\\s*Prefix\\s*:\\s*(\\S+)");
    private static final Pattern FROM = Pattern.compile("\\s*from (fe80\\S*)");

    private Rdisc6() {}

    /** What is not as a router should say it, such as a prefix that is no /64, is left out. */
    static List<Router> parse(String output) {
        List<Router> routers = new ArrayList<>();
        Optional<MacAddress> mac = Optional.empty();
        List<SitePrefix> prefixes = new ArrayList<>();
        for (String line : output.lines().toList()) {
            Optional<MacAddress> said = find(MAC, line).flatMap(text -> tried(() -> MacAddress.of(text)));
            mac = said.isPresent() ? said : mac;
            find(PREFIX, line).flatMap(text -> tried(() -> SitePrefix.of(text))).ifPresent(prefixes::add);
            Optional<LinkLocalAddress> from = find(FROM, line).flatMap(text -> tried(() -> LinkLocalAddress.of(text)));
            if (from.isPresent()) {
                routers.add(new Router(from.get(), mac, prefixes));
                mac = Optional.empty();
                prefixes.clear();
            }
        }
        return routers;
    }

    private static Optional<String> find(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        return matcher.lookingAt() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static <T> Optional<T> tried(Supplier<T> value) {
        try {
            return Optional.of(value.get());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
