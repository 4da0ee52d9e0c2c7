package org.godwit.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.godwit.lab.process.Processes;

/** What a machine must have to hold a lab. */
public final class Requirements {

    /** Programs and the Debian packages that bring them. */
    private static final Map<String, String> NETWORK = Map.of("ip", "iproute2", "tc", "iproute2", "sysctl", "procps",
            "nsenter", "util-linux", "unshare", "util-linux", "mount", "mount", "radvd", "radvd", "awk", "mawk");

    private static final Map<String, String> HYPERVISOR = Map.of("libvirtd", "libvirt-daemon", "virsh",
            "libvirt-clients", "qemu-system-x86_64", "qemu-system-x86", "clang", "clang", "cpio", "cpio", "zstd",
            "zstd",
            "apt-get", "apt", "dpkg-deb", "dpkg", "depmod", "kmod", "tcpdump", "tcpdump");

    private static final Map<String, String> SHIM_BENCHMARK = Map.of("iperf3", "iperf3", "bpftool", "bpftool", "nft",
            "nftables");

    /** Further plugins come as libraries, which the film's maker names when they are missing. */
    private static final Map<String, String> APPLICATIONS = Map.of("gst-launch-1.0", "gstreamer1.0-tools",
            "redis-benchmark", "redis-tools");

    private Requirements() {}

    /** What is missing for a lab without hypervisors, in words; empty when nothing is. */
    public static String missingForNetworks() {
        return missing(NETWORK);
    }

    /** What is missing for the benchmark of the shim, in words; empty when nothing is. */
    public static String missingForShimBenchmark() {
        return missing(both(NETWORK, SHIM_BENCHMARK));
    }

    /** What is missing for a lab with VMs, in words; empty when nothing is. */
    public static String missingForVms() {
        return missing(both(NETWORK, HYPERVISOR));
    }

    /** What is missing for a lab with VMs that serve a film and a store, in words; empty when nothing is. */
    public static String missingForApplications() {
        return missing(both(both(NETWORK, HYPERVISOR), APPLICATIONS));
    }

    private static Map<String, String> both(Map<String, String> some, Map<String, String> more) {
        Map<String, String> both = new TreeMap<>(some);
        both.putAll(more);
        return both;
    }

    private static String missing(Map<String, String> programs) {
        if (!isRoot()) {
            return "needs root (namespaces, bridges, BPF)";
        }
        List<String> packages = programs.entrySet().stream().filter(e -> !Processes.isInstalled(e.getKey()))
                .map(Map.Entry::getValue).distinct().sorted().toList();
        return packages.isEmpty() ? "" : "needs these Debian packages: " + String.join(" ", packages);
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false;
        }
    }
}
