package org.godwit.lab.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.godwit.lab.LabProgram;
import org.godwit.lab.LabFolder;
import org.godwit.lab.VmSize;
import org.godwit.lab.house.House;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImage;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.report.Flight;
import org.godwit.lab.report.FlightReport;
import org.godwit.protocol.rest.RestJson;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Migrates a VM between two sites and back, with a TCP connection, UDP probes and ping6 running, and reports. */
@Command(name = "lab/demo", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Two sites with different IPv6 prefixes on this machine, made of real parts; a VM that moves from one to the"
                + " other and back while a correspondent goes on talking to its Home Address.",
        "" }, footer = {"", "Examples:", "  lab/demo", "  lab/demo --bandwidth 100 --memory 512",
                "  lab/demo --keep        then drive it with the commands that it prints" })
public final class Demo implements Callable<Integer> {

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "out", description = "where captures and report.json go (default: ${DEFAULT-VALUE})")
    private Path out;

    @Option(names = "--memory", paramLabel = "MIB", defaultValue = "256", description = "memory of the VM, 192 to 4096 (default: ${DEFAULT-VALUE})")
    private int memoryMib;

    @Option(names = "--vcpus", paramLabel = "N", defaultValue = "1", description = "processors of the VM, and queues of its interfaces, 1 to 8 (default: ${DEFAULT-VALUE})")
    private int vcpus;

    @Option(names = "--bandwidth", paramLabel = "MBIT", defaultValue = "0", description = "of each host's link, Mbit/s (default: not limited)")
    private int bandwidthMbit;

    @Option(names = "--flights", paramLabel = "N", defaultValue = "2", description = "how often the VM moves, there and back in turn, 1 to 50 (default: ${DEFAULT-VALUE})")
    private int flightCount;

    @Option(names = "--plain-correspondent", description = "add a correspondent without MAT, which reaches the VM through a home gateway")
    private boolean plainCorrespondent;

    @Option(names = "--keep", description = "leave the lab running and print how to drive it")
    private boolean keep;

    @Spec
    private CommandSpec spec;

    private final long startNs = System.nanoTime();

    public static void main(String[] arguments) {
        LabProgram.run(new Demo(), arguments);
    }

    @Override
    public Integer call() throws IOException {
        check(memoryMib >= 192 && memoryMib <= 4096, "--memory must be 192 to 4096 MiB, got " + memoryMib);
        check(vcpus >= 1 && vcpus <= 8, "--vcpus must be 1 to 8, got " + vcpus);
        check(bandwidthMbit >= 0 && bandwidthMbit <= 100_000,
                "--bandwidth must be 0 (not limited) to 100000 Mbit/s, got " + bandwidthMbit);
        check(flightCount >= 1 && flightCount <= 50, "--flights must be 1 to 50, got " + flightCount);
        Path folder = Files.createDirectories(out.toAbsolutePath().normalize());
        narrate("guest image: Debian kernel, busybox, iproute2, the guest agent");
        GuestImages images = GuestImages.standard();
        GuestImage image = images.guest();
        Qemu qemu = Qemu.probe(images);
        qemu.warning().ifPresent(warning -> say("Warning: " + warning));
        TwoSites scene = TwoSites.open(qemu, LabFolder.STANDARD_ROOT, image,
                new TwoSites.Plan(new VmSize(memoryMib, vcpus), bandwidthMbit, Optional.empty(), parts()), folder,
                this::narrate);
        try {
            scene.measure(folder);
            String socketsBefore = scene.socketsInVm();
            List<Flight> flights = new ArrayList<>();
            for (int i = 0; i < flightCount; i++) {
                flights.add(scene.fly(i % 2 == 0 ? scene.hostB() : scene.hostA()));
            }
            say("");
            say(FlightReport.render(flights));
            sockets(scene, socketsBefore);
            wire(scene);
            write(folder, scene, flights);
            if (keep) {
                explain(scene);
                scene.lab().keep();
            }
        } finally {
            scene.saveLogs(folder);
            if (!keep) {
                narrate("everything is removed");
                scene.close();
            }
        }
        return 0;
    }

    private Set<TwoSites.Part> parts() {
        return plainCorrespondent
                ? Set.of(TwoSites.Part.CAPTURES, TwoSites.Part.PLAIN_CORRESPONDENT)
                : Set.of(TwoSites.Part.CAPTURES);
    }

    private void sockets(TwoSites scene, String before) {
        List<String> here = scene.socketsOfCorrespondent();
        say("What applications see (ss), on the correspondent:");
        here.stream().filter(line -> line.contains("ESTAB")).map(String::strip).forEach(line -> say("  " + line));
        say("and in the VM, before and after both flights:");
        sockets(before);
        sockets(scene.socketsInVm());
    }

    private void sockets(String text) {
        text.lines().filter(line -> line.contains("7003") && line.contains("ESTAB")).map(String::strip)
                .forEach(line -> say("  " + line));
    }

    private void wire(TwoSites scene) {
        long all = scene.captures().count("ip6");
        long withHoa = scene.captures().count("net " + House.HOA_SPACE);
        say("");
        say("On the wire: " + all + " packets captured, " + withHoa + " of them with a Home Address.");
    }

    private void write(Path folder, TwoSites scene, List<Flight> flights) throws IOException {
        Path report = folder.resolve("report.json");
        Files.writeString(report,
                RestJson.strict().writerWithDefaultPrettyPrinter()
                        .writeValueAsString(Map.of("migrations", flights.stream().map(Flight::measured).toList(),
                                "measurements", flights.stream().map(Flight::measurement).toList(), "plain",
                                flights.stream().map(Flight::plain).flatMap(Optional::stream).toList())));
        say("Report: " + report);
        scene.captures().files().forEach(file -> say("Capture: " + file));
    }

    private void explain(TwoSites scene) {
        String godwit = "lab/godwit --lab " + scene.lab().id();
        say("");
        say("The lab stays. Drive it with:");
        say("  " + godwit + " vm list");
        say("  " + godwit + " migrate vm1 --to host-b");
        say("  ip netns exec " + scene.correspondent().namespace() + " ping -6 -i 0.2 " + TwoSites.VM_HOA);
        scene.plain().ifPresent(plain -> say("  ip netns exec " + plain.namespace() + " ping -6 -i 0.2 "
                + TwoSites.VM_HOA + "        from a node without MAT"));
        say("and end it with: lab/clean --lab " + scene.lab().id());
    }

    private void narrate(String what) {
        say(String.format("[%5.1f s] %s", (System.nanoTime() - startNs) / (double) TimeUnit.SECONDS.toNanos(1), what));
    }

    private void say(String line) {
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.println(line);
        terminal.flush();
    }

    private void check(boolean isGood, String complaint) {
        if (!isGood) {
            throw new CommandLine.ParameterException(spec.commandLine(), complaint);
        }
    }
}
