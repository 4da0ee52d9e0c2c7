package org.godwit.lab.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.shim.KernelDataPlane;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The shim of one node, with one peer that it knows beforehand: no agent and no mapping server. Says {@value #READY}, then
 * takes everything away again when its standard input ends.
 */
@Command(name = "shim-node")
final class ShimNode implements Callable<Integer> {

    static final String READY = "ready";

    @Option(names = "--device", required = true)
    private String device;

    @Option(names = "--hoa-space", required = true)
    private String hoaSpace;

    @Option(names = "--hoa", required = true)
    private String hoa;

    @Option(names = "--moa", required = true)
    private String moa;

    @Option(names = "--peer-hoa", required = true)
    private String peerHoa;

    @Option(names = "--peer-moa", required = true)
    private String peerMoa;

    private ShimNode() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ShimNode()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        KernelDataPlane plane = KernelDataPlane.install(HomeAddress.of(hoa), hoaSpace, Optional.empty());
        plane.attach(device);
        plane.own(plane.active(), MobileAddress.of(moa), NetworkInterface.getByName(device).getIndex());
        plane.putPeer(HomeAddress.of(peerHoa), MobileAddress.of(peerMoa), Optional.empty(), Optional.empty());
        System.out.println(READY);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (orders.readLine() != null) {
            // There are no orders; the end of the input is what is waited for.
        }
        plane.uninstall();
        return 0;
    }
}
