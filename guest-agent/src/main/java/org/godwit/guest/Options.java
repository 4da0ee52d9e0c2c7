package org.godwit.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.guest.Reports.Format;
import org.godwit.model.HomeAddress;
import org.godwit.model.SitePrefix;
import org.godwit.operation.configuration.ConfigurationException;
import org.godwit.operation.configuration.ConfigurationFile;
import org.godwit.operation.configuration.Problem;
import org.godwit.operation.configuration.Suggestion;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.guest.ImsKey;

/** What the command line asks for. Read by hand: a library for it would cost the start of a small guest a second. */
sealed interface Options {

    String USAGE = """
            usage: godwit-guest-agent --channel DEVICE [--pin FOLDER] [--state-folder FOLDER]
                     inside a VM: DEVICE is the virtio-serial port to the host agent, - is stdin and stdout; in the state
                     folder, on a disk, is kept what a reboot must not make forgotten
                   godwit-guest-agent --peer --hoa HOA --hoa-space PREFIX --interface NAME --ims [ADDRESS]:PORT --key-file FILE
                     [--pin FOLDER]
                     on a correspondent, or any node that moves by itself: FILE holds the key of the HoA in hex; NAME may be
                     NAME,NAME: what has an address is used, and when that goes, what has one then
                   godwit-guest-agent --home-gateway --proxy-prefix PREFIX --proxy-key-file FILE, and the rest as with --peer
                     on a router to which PREFIX and the HoA space lead: speaks for correspondents without MAT; the proxy
                     key file is made when there is none. With --correspondents ADDRESS,... VMs can speak to these first
                   godwit-guest-agent --config FILE
                     the options above stand in FILE, without dashes, each on a line: "ims = [2001:db8:d::53]:4342",
                     "peer = true"; what the command line says overrides; with --check-config it only says what is wrong,
                     with --print-config what would be in force and where it was set
                   godwit-guest-agent --self-test
                     whether the Java that it brings has all that it needs
                   godwit-guest-agent --help | --version
                   godwit-guest-agent probe [-o table|json] [--pin FOLDER]
                     whether this kernel can run the shim, and if not why; nothing is changed
                   godwit-guest-agent counters [-o table|json|prometheus] [--pin FOLDER]
                     what the shim has counted; needs no running agent
                   godwit-guest-agent uninstall [--pin FOLDER]
                     takes the shim away with all that it needed; stop the agent first
            FOLDER is a folder of a BPF file system; what is pinned there outlives the agent. For commands it is /sys/fs/bpf/godwit
            unless given.
            """;

    Pattern IMS = Pattern.compile("\\[(.+)]:(\\d{1,5})");

    /** Options without a value. */
    Set<String> ALONE = Set.of("--peer", "--home-gateway", "--self-test", "--check-config", "--print-config",
            "--version", "--help");

    record Guest(String channel, Optional<Path> pin, Optional<Path> stateFolder) implements Options {}

    record Peer(Enrol identity, List<String> interfaceNames, Optional<Path> pin) implements Options {}

    record Gateway(Enrol identity, String interfaceName, SitePrefix proxyPrefix, Path proxyKeyFile,
            Set<HomeAddress> correspondents, Optional<Path> pin)
            implements
                Options {}

    record SelfTest() implements Options {}

    record Version() implements Options {}

    record Help() implements Options {}

    /** Options that are only looked at. */
    record Check(Options sound) implements Options {}

    /** Options that are only shown. @param text what is in force and where each was set */
    record Print(String text) implements Options {}

    /** What may stand in a file, in the order of the usage. */
    List<String> SETTINGS = List.of("channel", "peer", "home-gateway", "hoa", "hoa-space", "interface", "ims",
            "key-file",
            "proxy-prefix", "proxy-key-file", "correspondents", "pin", "state-folder");

    /** Where agents are told to pin. */
    Path PIN_STANDARD = Path.of("/sys/fs/bpf/godwit");

    record Probe(Format format, Path pin) implements Options {}

    record Counters(Format format, Path pin) implements Options {}

    record Uninstall(Path pin) implements Options {}

    /** @throws IllegalArgumentException with a sentence for the operator */
    static Options of(String[] arguments) {
        if (arguments.length > 0 && !arguments[0].startsWith("-")) {
            return command(arguments[0], read(Arrays.copyOfRange(arguments, 1, arguments.length)));
        }
        if (List.of(arguments).contains("--help")) {
            return new Help();
        }
        Map<String, String> origins = new HashMap<>();
        Map<String, String> given = withFile(read(arguments), origins);
        boolean check = given.remove("--check-config") != null;
        boolean print = given.remove("--print-config") != null;
        String effective = effective(given, origins);
        Optional<Path> pin = given.containsKey("--pin")
                ? Optional.of(Path.of(given.remove("--pin")))
                : Optional.empty();
        Options options;
        if (given.remove("--self-test") != null) {
            options = new SelfTest();
        } else if (given.remove("--version") != null) {
            options = new Version();
        } else if (given.remove("--peer") != null) {
            options = new Peer(identity(given), List.of(required(given, "--interface").split(",")), pin);
        } else if (given.remove("--home-gateway") != null) {
            options = new Gateway(identity(given), required(given, "--interface"),
                    SitePrefix.of(required(given, "--proxy-prefix")), Path.of(required(given, "--proxy-key-file")),
                    correspondents(given), pin);
        } else {
            options = new Guest(required(given, "--channel"), pin,
                    Optional.ofNullable(given.remove("--state-folder")).map(Path::of));
        }
        allUsed(options, given);
        return print ? new Print(effective) : check ? new Check(options) : options;
    }

    private static String effective(Map<String, String> given, Map<String, String> origins) {
        StringBuilder text = new StringBuilder();
        for (String key : SETTINGS) {
            String value = given.get("--" + key);
            if (value == null) {
                text.append('#').append(key).append(" is not set\n");
            } else {
                text.append("# ").append(origins.getOrDefault("--" + key, "command line")).append('\n').append(key)
                        .append(" = ").append(ALONE.contains("--" + key) ? "true" : value).append('\n');
            }
        }
        return text.toString();
    }

    private static Options command(String command, Map<String, String> given) {
        Path pin = given.containsKey("--pin") ? Path.of(given.remove("--pin")) : PIN_STANDARD;
        Options options = switch (command) {
            case "probe" -> new Probe(format(given, Format.TABLE, Format.JSON), pin);
            case "counters" -> new Counters(format(given, Format.values()), pin);
            case "uninstall" -> new Uninstall(pin);
            default -> throw new IllegalArgumentException(
                    "the command must be probe, counters or uninstall, got \"" + command + "\"");
        };
        return allUsed(options, given);
    }

    private static Format format(Map<String, String> given, Format... known) {
        String word = given.getOrDefault("-o", known[0].word());
        given.remove("-o");
        return Arrays.stream(known).filter(format -> format.word().equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("-o must be one of "
                        + Arrays.stream(known).map(Format::word).toList() + ", got \"" + word + "\""));
    }

    private static Options allUsed(Options options, Map<String, String> left) {
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("do not know what to do with " + left.keySet() + " here");
        }
        return options;
    }

    private static Map<String, String> read(String[] arguments) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i];
            boolean alone = ALONE.contains(name);
            if (!name.startsWith("-") || given.containsKey(name)) {
                throw new IllegalArgumentException("expected an option that was not given yet, got \"" + name + "\"");
            }
            if (!alone && i + 1 == arguments.length) {
                throw new IllegalArgumentException(name + " needs a value");
            }
            given.put(name, alone ? "" : arguments[++i]);
        }
        return given;
    }

    /** @param origins gets where those of the file stand that the command line does not override */
    private static Map<String, String> withFile(Map<String, String> given, Map<String, String> origins) {
        String name = given.remove("--config");
        if (name == null) {
            return given;
        }
        List<Problem> problems = new ArrayList<>();
        ConfigurationFile file = ConfigurationFile.read(Path.of(name), problems);
        Map<String, String> all = new HashMap<>();
        for (ConfigurationFile.Entry entry : file.entries()) {
            String option = "--" + entry.key();
            String wrong = wrongWith(entry, all.containsKey(option));
            if (wrong != null) {
                problems.add(new Problem(file.place(entry), entry.key(), wrong));
            } else if (!(ALONE.contains(option) && entry.value().equals("false"))) {
                all.put(option, entry.value());
                origins.put(option, file.place(entry));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        all.putAll(given);
        origins.keySet().removeAll(given.keySet());
        return all;
    }

    private static String wrongWith(ConfigurationFile.Entry entry, boolean again) {
        if (!SETTINGS.contains(entry.key())) {
            return Suggestion.unknown(entry.key(), SETTINGS);
        }
        if (again) {
            return "is set already";
        }
        return ALONE.contains("--" + entry.key()) && !Set.of("true", "false").contains(entry.value())
                ? "must be true or false, got \"" + entry.value() + "\""
                : null;
    }

    private static Enrol identity(Map<String, String> given) {
        String ims = required(given, "--ims");
        Matcher form = IMS.matcher(ims);
        if (!form.matches() || !(address(form.group(1)) instanceof Inet6Address address)) {
            throw new IllegalArgumentException("--ims must look like [2001:db8:d::53]:4342, got \"" + ims + "\"");
        }
        return new Enrol(HomeAddress.of(required(given, "--hoa")), SitePrefix.of(required(given, "--hoa-space")),
                address, Integer.parseInt(form.group(2)), key(Path.of(required(given, "--key-file"))));
    }

    /** @return null when the text is no address */
    private static InetAddress address(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static Set<HomeAddress> correspondents(Map<String, String> given) {
        Set<HomeAddress> all = new HashSet<>();
        if (given.containsKey("--correspondents")) {
            for (String address : given.remove("--correspondents").split(",")) {
                all.add(HomeAddress.of(address));
            }
        }
        return Set.copyOf(all);
    }

    private static ImsKey key(Path file) {
        try {
            return new ImsKey(new String(Files.readAllBytes(file), US_ASCII).strip());
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the key file " + file + ": " + e, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the key file " + file + " holds no key: " + e.getMessage(), e);
        }
    }

    private static String required(Map<String, String> given, String name) {
        String value = given.remove(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }
}
