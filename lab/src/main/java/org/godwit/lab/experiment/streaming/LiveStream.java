package org.godwit.lab.experiment.streaming;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.godwit.lab.Workload;
import org.godwit.lab.process.Processes;
import org.godwit.model.HomeAddress;

/** What the VM sends: a clip in H.264 by GStreamer, as fast as it is to be shown; to who calls as RTP, and to who asks by HTTP. */
final class LiveStream {

    static final int RTP_PORT = 5004;
    static final int CALL_PORT = 7010;
    static final int HTTP_PORT = 8080;

    /** Longer than a turn takes. */
    private static final int PICTURES = 3750;
    private static final Duration ENCODING_LIMIT = Duration.ofMinutes(3);
    private static final Path PROGRAM = Path.of("/usr/bin/gst-launch-1.0");
    private static final Path PLUGINS = Path.of("/usr/lib/x86_64-linux-gnu/gstreamer-1.0");
    private static final String CLIP = "/clip.mp4";

    private LiveStream() {}

    /**
     * @param folder for the clip, which is made here
     * @param viewer to whom RTP goes
     */
    static Workload of(Path folder, HomeAddress viewer) {
        Path clip = folder.resolve("clip.mp4").toAbsolutePath();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be made", e);
        }
        Processes.run(ENCODING_LIMIT, List.of(PROGRAM.toString(), "-q", "videotestsrc", "num-buffers=" + PICTURES,
                "pattern=zone-plate", "kx2=20", "ky2=20", "kt=1", "!",
                "video/x-raw,width=320,height=240,framerate=25/1",
                "!", "x264enc", "speed-preset=superfast", "bitrate=300", "bframes=0", "key-int-max=25", "pass=cbr", "!",
                "h264parse", "!",
                "mp4mux", "!", "filesink", "location=" + clip));
        List<Path> programs = new ArrayList<>(List.of(PROGRAM));
        Stream.of("coreelements", "isomp4", "videoparsersbad", "rtp", "udp")
                .forEach(plugin -> programs.add(PLUGINS.resolve("libgst" + plugin + ".so")));
        return new Workload(script(viewer), programs, Map.of(CLIP, clip));
    }

    /** The caller is served for as long as he holds the line. */
    static String script(HomeAddress viewer) {
        return """
                export GST_PLUGIN_PATH=%6$s GST_REGISTRY=/tmp/gst-registry GST_REGISTRY_FORK=no
                mkdir -p /www/cgi-bin
                cat > /www/cgi-bin/live <<'END'
                #!/bin/sh
                printf 'HTTP/1.0 200 OK\\r\\nContent-Type: video/h264\\r\\n\\r\\n'
                exec gst-launch-1.0 -q filesrc location=%1$s ! qtdemux ! h264parse \
                    ! video/x-h264,stream-format=byte-stream,alignment=au ! fdsink fd=1 sync=true
                END
                cat > /tmp/live <<'END'
                #!/bin/sh
                gst-launch-1.0 -q filesrc location=%1$s ! qtdemux ! rtph264pay config-interval=1 \
                    ! udpsink host=%2$s port=%3$d < /dev/null > /dev/null 2>&1 &
                cat > /dev/null
                kill $!
                END
                chmod +x /www/cgi-bin/live /tmp/live
                gst-launch-1.0 -q fakesrc num-buffers=1 ! fakesink
                httpd -p %4$d -h /www
                while :; do nc -l -p %5$d -e /tmp/live; done
                """.formatted(CLIP, viewer, RTP_PORT, HTTP_PORT, CALL_PORT, PLUGINS);
    }
}
