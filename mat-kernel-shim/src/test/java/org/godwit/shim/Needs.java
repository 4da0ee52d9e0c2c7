package org.godwit.shim;

import java.nio.file.Files;
import java.nio.file.Path;

/** What tests of the upper tiers need, as {@link org.godwit.testing.Tier#needs} wants to hear it. */
final class Needs {

    private Needs() {}

    /** Empty when BPF programs can be loaded into namespaces of our own. */
    static String lackForKernel() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "not root";
        }
        if (KernelDataPlane.class.getResource("mat.bpf.o") == null) {
            return "no BPF object in this build: install clang and libbpf-dev and build again";
        }
        return lackOf("ip", "iproute2");
    }

    static String lackForNetwork() {
        String[][] tools = {{"tcpdump", "tcpdump" }, {"nft", "nftables" }, {"ss", "iproute2" } };
        String lack = lackForKernel();
        for (String[] tool : tools) {
            lack = lack.isEmpty() ? lackOf(tool[0], tool[1]) : lack;
        }
        return lack;
    }

    private static String lackOf(String tool, String debianPackage) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, tool))) {
                return "";
            }
        }
        return "no " + tool + ": install " + debianPackage;
    }
}
