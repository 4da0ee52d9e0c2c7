package org.godwit.shim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.godwit.model.HomeAddress;

/**
 * Whether this kernel can run the shim: tried, not guessed. Programs are loaded, and what else an installation makes is made
 * in a network namespace that goes with the thread; so nothing is left and nothing that is there is touched.
 *
 * @param release the kernel's, such as 6.1.0-56-cloud-amd64
 */
public record KernelProbe(String release, List<Finding> findings) {

    private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");
    private static final HomeAddress HOA = HomeAddress.of("2001:db8:face::1");
    private static final HomeSpace SPACE = HomeSpace.of("2001:db8:face::/64", HOA);

    /** What the compare-and-swap and the helpers of the programs ask for, of stock kernels with long support. */
    private static final int MAJOR_MIN = 5;
    private static final int MINOR_MIN = 15;

    public KernelProbe {
        findings = List.copyOf(findings);
    }

    /**
     * One thing that the shim uses.
     *
     * @param required if not, the shim runs without it, and the lack says what is lost
     * @param lack why it cannot be used and what to do, in a sentence; empty when all is well
     */
    public record Finding(String feature, boolean required, Optional<String> lack) {}

    /** Whether nothing that is required lacks. */
    public boolean able() {
        return findings.stream().allMatch(it -> it.lack().isEmpty() || !it.required());
    }

    /** One clear answer. */
    public String answer() {
        return findings.stream().filter(it -> it.required() && it.lack().isPresent()).findFirst()
                .map(it -> "this kernel (" + release + ") cannot run the shim: " + it.feature() + ": "
                        + it.lack().get().lines().findFirst().orElseThrow())
                .orElse("this kernel (" + release + ") can run the shim");
    }

    /** Tries everything. What depends on something that lacks is not tried. @param pinFolder where the shim is to be pinned */
    public static KernelProbe run(Path pinFolder) {
        String release = thisRelease();
        List<Finding> findings = new ArrayList<>();
        Optional<String> root = "root".equals(System.getProperty("user.name"))
                ? Optional.empty()
                : Optional.of("only root can find out: run this as root");
        findings.add(new Finding("root", true, root));
        findings.add(new Finding("release", true, tooOld(release)));
        Optional<String> library = lack(Libbpf::processors);
        findings.add(new Finding("libbpf", true, library));
        if (root.isEmpty() && library.isEmpty()) {
            findings.addAll(inNamespaceOfItsOwn());
        }
        findings.add(new Finding("pin_folder", false, lack(() -> {
            new Pins(pinFolder).check();
            return pinFolder;
        }).map(reason -> reason + "; until then the shim does not survive its agent")));
        return new KernelProbe(release, findings);
    }

    private static String thisRelease() {
        try {
            return Files.readString(RELEASE).strip();
        } catch (IOException e) {
            throw new ShimException("the kernel's release cannot be read from " + RELEASE, e);
        }
    }

    static Optional<String> tooOld(String release) {
        String[] numbers = release.split("[^0-9]+");
        int major = Integer.parseInt(numbers[0]);
        int minor = numbers.length > 1 ? Integer.parseInt(numbers[1]) : 0;
        return major > MAJOR_MIN || major == MAJOR_MIN && minor >= MINOR_MIN
                ? Optional.empty()
                : Optional.of("the shim needs Linux " + MAJOR_MIN + "." + MINOR_MIN + " or a later one");
    }

    private static Optional<String> lack(Supplier<?> attempt) {
        try {
            attempt.get();
            return Optional.empty();
        } catch (ShimException e) {
            return Optional.of(e.getMessage());
        } catch (ExceptionInInitializerError e) {
            return Optional.of(e.getCause().getMessage());
        } catch (NoClassDefFoundError e) {
            // Of a class whose making has failed before.
            return Optional.of(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
        }
    }

    private static List<Finding> inNamespaceOfItsOwn() {
        CompletableFuture<List<Finding>> findings = new CompletableFuture<>();
        Thread.ofPlatform().name("probe").start(() -> {
            try {
                findings.complete(rehearse());
            } catch (RuntimeException | Error e) {
                findings.completeExceptionally(e);
            }
        });
        return findings.join();
    }

    private static List<Finding> rehearse() {
        List<Finding> findings = new ArrayList<>();
        Optional<String> alone = lack(() -> {
            Libc.leaveNetwork();
            return null;
        });
        findings.add(new Finding("network_namespace", true,
                alone.map(reason -> reason + "; without one nothing can be tried")));
        if (alone.isEmpty()) {
            List<String> notices = new ArrayList<>();
            try (Rehearsal rehearsal = new Rehearsal()) {
                findings.add(new Finding("programs", true, lack(() -> rehearsal.load(notices))));
                findings.add(new Finding("matif", true, lack(rehearsal::raise)));
                if (findings.stream().allMatch(it -> it.lack().isEmpty())) {
                    findings.add(new Finding("tc_bpf", true, lack(rehearsal::attach)));
                    findings.add(new Finding("packet_sockets", true, lack(rehearsal::inject)));
                    findings.add(new Finding("source_routes", true, lack(rehearsal::routeBySource)));
                }
                findings.add(new Finding("trace_notify_peers", false, notices.stream().findFirst()
                        .map(notice -> notice + "; a landing is then known by the announcement and by data only")));
            }
        }
        return findings;
    }

    /** What an installation does, in a namespace where nobody minds. */
    private static final class Rehearsal implements AutoCloseable {

        private KernelObject kernel;
        private int matif;

        KernelObject load(List<String> notices) {
            kernel = KernelObject.load(ProgramBuild.ofThisJar(), notices::add);
            return kernel;
        }

        Integer raise() {
            matif = HomeInterface.raise(HOA, SPACE, Role.END_NODE);
            return matif;
        }

        Boolean attach() {
            Attachment.attach(matif, Libbpf.Hook.EGRESS, kernel.fd(Abi.PROGRAM_EGRESS));
            return Attachment.attach(matif, Libbpf.Hook.INGRESS, kernel.fd(Abi.PROGRAM_INGRESS));
        }

        Integer inject() {
            new KernelInjection(matif).close();
            return matif;
        }

        String routeBySource() {
            return IpCommand.run(List.of("route replace default from 2001:db8:a::/64 dev " + HomeInterface.NAME));
        }

        @Override
        public void close() {
            if (kernel != null) {
                kernel.close();
            }
        }
    }
}
