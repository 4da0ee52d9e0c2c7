package org.godwit.lab.experiment.roundtrip;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.VmSize;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.bench.Sample;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.experiment.Experiment;
import org.godwit.lab.experiment.LineChart;
import org.godwit.lab.experiment.LineChart.Point;
import org.godwit.lab.experiment.LineChart.Series;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.Trial;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.report.Flight;
import org.godwit.protocol.rest.RestJson;

/** a, b, a, c, a, b …: one VM with UDP, TCP and ping6 running all the time. */
public final class RoundTripExperiment implements Experiment<RoundTripRun> {

    private static final String TRIAL = "flight";

    @Override
    public About about() {
        return new About("roundtrip", "Watanabe et al., who report single migrations", 50, 6);
    }

    @Override
    public Class<RoundTripRun> shape() {
        return RoundTripRun.class;
    }

    @Override
    public Map<String, Object> options() {
        return Map.of("vm", VmSize.SMALL.toString());
    }

    @Override
    public Machine machine(Machine basis) {
        return basis.andHypervisor(Qemu.probe(GuestImages.standard()));
    }

    @Override
    public List<String> labels() {
        return List.of(TRIAL);
    }

    @Override
    public List<Trial<RoundTripRun>> trials(Stage stage) {
        GuestImages images = GuestImages.standard();
        TwoSites scene = stage.keep(TwoSites.open(Qemu.probe(images), stage.labs(), images.guest(),
                new TwoSites.Plan(VmSize.SMALL, 0, TwoSites.Part.THIRD), stage.work(), stage::narrate));
        scene.measure(stage.work());
        return trials(scene, List.of(scene.hostB(), scene.hostA(), scene.third(), scene.hostA()), stage);
    }

    /**
     * In a scene that is there already, and measured, with the VM at home.
     *
     * @param ring where it goes, again and again: away first, home last
     */
    public List<Trial<RoundTripRun>> trials(TwoSites scene, List<Host> ring, Stage stage) {
        // How far the VM has come in this lab; what was stopped begins with a new one.
        AtomicInteger flown = new AtomicInteger();
        return List.of(new Trial<>(TRIAL, (run, _) -> {
            Host target = ring.get(flown.getAndIncrement() % ring.size());
            try {
                return List.of(kept(run, scene, scene.fly(target)));
            } catch (LabException e) {
                scene.saveLogs(stage.work());
                throw e;
            }
        }));
    }

    private static RoundTripRun kept(int run, TwoSites scene, Flight flight) {
        List<Host> hosts = scene.hosts();
        Residue residue = Residue.of(hosts,
                Stream.concat(hosts.stream(), Stream.of(scene.correspondent(), scene.control())).toList());
        return new RoundTripRun(run, TRIAL, flight.migration().target(), flight.migration().outcome(),
                flight.migration().vmDowntimeMs(), flight.measurement().outageMs().vmToPeer(),
                flight.measurement().outageMs().peerToVm(), flight.measurement().lost().vmToPeer(),
                flight.measurement().lost().peerToVm(), flight.measurement().tcp().survived(),
                flight.measurement().tcp().stallMs(), flight.measurement().ping().lost(),
                flight.migration().tAllMs(), bindings(scene), residue.interfaces(), residue.routes(),
                residue.radvds(), residue.openFiles(), residue.memoryMb());
    }

    private static long bindings(TwoSites scene) {
        try {
            return RestJson.lenient().readTree(scene.house().godwit("binding", "list", "-o", "json").text())
                    .findValues("moa").size();
        } catch (JsonProcessingException e) {
            throw new LabException("godwit binding list does not speak JSON", e);
        }
    }

    @Override
    public Report report(List<RoundTripRun> runs) {
        long tcp = runs.stream().filter(RoundTripRun::tcpSurvived).count();
        return new Report(
                runs.size() + " flights of one VM: "
                        + runs.stream().map(RoundTripRun::target).distinct().sorted().collect(joining(", ")),
                List.of(
                        new Block.Text("TCP connections that survived: " + tcp + " of " + runs.size() + ". Outcomes: "
                                + runs.stream().map(RoundTripRun::outcome).distinct().sorted().toList()
                                + ". Pings lost: "
                                + runs.stream().mapToLong(RoundTripRun::pingsLost).sum() + "."),
                        new Block.Table("Flights", List.of("", "n", "median", "lowest", "highest"), List.of(
                                spread("VM downtime, ms", runs, RoundTripRun::vmDowntimeMs),
                                spread("outage, VM to peer, ms", runs, RoundTripRun::outageVmToPeerMs),
                                spread("outage, peer to VM, ms", runs, RoundTripRun::outagePeerToVmMs),
                                spread("UDP probes lost, VM to peer", runs, RoundTripRun::lostVmToPeer),
                                spread("UDP probes lost, peer to VM", runs, RoundTripRun::lostPeerToVm),
                                spread("TCP longest stall, ms", runs, RoundTripRun::tcpStallMs),
                                spread("T_ALL, ms", runs, RoundTripRun::tAllMs))),
                        new Block.Table("What is there after a flight: medians of the first and of the last quarter",
                                List.of("", "first", "last"), List.of(
                                        ends("interfaces of all hosts", runs, RoundTripRun::interfaces),
                                        ends("IPv6 routes and rules of all hosts", runs, RoundTripRun::routes),
                                        ends("radvd on all hosts", runs, RoundTripRun::radvds),
                                        ends("bindings at the mapping server", runs, RoundTripRun::bindings),
                                        ends("open files of control server and agents", runs, RoundTripRun::openFiles),
                                        ends("memory of control server and agents, MB", runs, RoundTripRun::memoryMb))),
                        new Block.Figure("outage", new LineChart("Outage by flight", "flight", "ms", false,
                                List.of(new Series("VM to peer", false, points(runs, RoundTripRun::outageVmToPeerMs)),
                                        new Series("peer to VM", false, points(runs, RoundTripRun::outagePeerToVmMs)),
                                        new Series("TCP longest stall", false,
                                                points(runs, RoundTripRun::tcpStallMs))))),
                        new Block.Figure("memory",
                                new LineChart("Memory of control server and agents", "flight", "MB", false,
                                        List.of(new Series("proportional set", false,
                                                points(runs, RoundTripRun::memoryMb)))))));
    }

    private static List<String> spread(String what, List<RoundTripRun> runs, Function<RoundTripRun, Double> figure) {
        List<Double> values = runs.stream().map(figure).filter(Objects::nonNull).toList();
        if (values.isEmpty()) {
            return List.of(what, "0", "-", "-", "-");
        }
        Sample sample = Sample.of(values);
        return List.of(what, Integer.toString(sample.n()), number(sample.median()), number(sample.lowest()),
                number(sample.highest()));
    }

    private static List<String> ends(String what, List<RoundTripRun> runs, ToDoubleFunction<RoundTripRun> figure) {
        int quarter = Math.max(1, runs.size() / 4);
        return List.of(what, median(runs.subList(0, quarter), figure),
                median(runs.subList(runs.size() - quarter, runs.size()), figure));
    }

    private static String median(List<RoundTripRun> runs, ToDoubleFunction<RoundTripRun> figure) {
        List<Double> values = new ArrayList<>();
        runs.forEach(run -> values.add(figure.applyAsDouble(run)));
        return number(Sample.of(values).median());
    }

    private static List<Point> points(List<RoundTripRun> runs, ToDoubleFunction<RoundTripRun> figure) {
        return runs.stream().map(run -> new Point(run.run(), figure.applyAsDouble(run))).toList();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
