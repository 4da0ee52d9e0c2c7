package org.godwit.lab.experiment.streaming;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.godwit.lab.Correspondent;
import org.godwit.lab.Node;
import org.godwit.lab.experiment.Follower;
import org.godwit.lab.experiment.Follower.Saying;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Running;
import org.godwit.model.HomeAddress;

/** Two GStreamers on a correspondent: one is sent RTP, the other one downloads by HTTP. */
final class Viewers implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration REFUSAL = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(10);

    /** What is said of a picture: a line each, which ends with where it lies in memory. */
    private static final Pattern PICTURE = Pattern.compile("last-message = chain .*\n");

    private final Patience patience = new Patience(InstantSource.system());
    private final List<Running> programs = new ArrayList<>();
    private final Running packets;
    private final Running download;
    private final Follower pictures;

    private Viewers(Node node, HomeAddress vm) {
        // The shim hands packets over behind where matif could be listened at.
        packets = start(node, "rtp-packets", "tcpdump", "-i", Correspondent.DEVICE, "-n", "-tt", "-l",
                "--immediate-mode", "-T", "rtp", "udp dst port " + LiveStream.RTP_PORT);
        packets.awaitReady(patience, LIMIT, () -> packets.hasSaid("listening on"), "does not capture");
        start(node, "rtp-viewer", "gst-launch-1.0", "-q", "udpsrc", "address=::", "port=" + LiveStream.RTP_PORT,
                "caps=application/x-rtp,media=video,clock-rate=90000,encoding-name=H264", "!", "rtpjitterbuffer",
                "latency=200", "!", "rtph264depay", "!", "h264parse", "!", "fakesink");
        download = start(node, "http-viewer", "gst-launch-1.0", "-v", "souphttpsrc",
                "location=http://[" + vm + "]:" + LiveStream.HTTP_PORT + "/cgi-bin/live", "!", "h264parse", "!",
                "video/x-h264,alignment=au", "!", "identity", "silent=false", "!", "fakesink");
        pictures = Follower.of(download::said, PICTURE, LOOK);
        // Who was called just now needs a moment until he can be called again.
        patience.until(LIMIT, () -> !start(node, "rtp-call", "busybox", "nc", vm.toString(),
                Integer.toString(LiveStream.CALL_PORT)).endsWithin(REFUSAL), () -> vm + " takes no call");
    }

    /** Starts both, and waits until both have pictures. */
    static Viewers start(Node node, HomeAddress vm) {
        Viewers viewers = new Viewers(node, vm);
        try {
            viewers.awaitPictures(0);
        } catch (RuntimeException e) {
            viewers.close();
            throw e;
        }
        return viewers;
    }

    private Running start(Node node, String label, String... command) {
        Running program = node.start(label, List.of(command));
        programs.addFirst(program);
        return program;
    }

    /** Waits until both have got one after a time. */
    void awaitPictures(long afterUs) {
        packets.awaitReady(patience, LIMIT, () -> hasOneAfter(byRtp(), afterUs), "sees no picture");
        download.awaitReady(patience, LIMIT, () -> hasOneAfter(byHttp(), afterUs), "gets no picture");
    }

    private static boolean hasOneAfter(List<Frame> frames, long afterUs) {
        return !frames.isEmpty() && frames.getLast().atUs() > afterUs;
    }

    List<Frame> byRtp() {
        return Rtp.frames(packets.said().lines().toList());
    }

    List<Frame> byHttp() {
        List<Frame> frames = new ArrayList<>();
        for (Saying saying : pictures.sayings()) {
            frames.add(new Frame(frames.size() * Frame.INTERVAL_US, saying.atUs()));
        }
        return List.copyOf(frames);
    }

    @Override
    public void close() {
        pictures.close();
        programs.forEach(Running::close);
    }
}
