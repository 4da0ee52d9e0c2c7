package org.godwit.cli.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * OpenSSH's own sshd, one for each connection to a port of loopback, in a throw-away copy of this machine's file system: what is
 * installed and written there is gone with it. Needs root.
 */
public final class SshServer implements AutoCloseable {

    private static final String PASSWORD = "correct horse";
    private static final int SECONDS_MAX = 60;

    private static final String COPY = """
            mount -t tmpfs none "$1"
            mkdir "$1/upper" "$1/work" "$1/root"
            mount -t overlay none -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
            mount --rbind /dev "$1/root/dev"
            mount --rbind /proc "$1/root/proc"
            mount -t tmpfs none "$1/root/run"
            mkdir -p "$1/root/run/sshd" "$1/root/run/systemd/system"
            echo "root:$2" | chroot "$1/root" chpasswd -c SHA512
            echo ready
            exec cat
            """;

    private final Path folder;
    private final Process holder;
    private final ServerSocket socket;
    private final List<Process> daemons = new CopyOnWriteArrayList<>();

    /** @param folder empty; gets host.key, user.key and the copy */
    public SshServer(Path folder) {
        this.folder = folder;
        try {
            Path copy = Files.createDirectory(folder.resolve("copy"));
            for (String key : List.of("host.key", "user.key")) {
                succeed("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.resolve(key).toString());
            }
            Files.writeString(folder.resolve("sshd_config"), """
                    HostKey %1$s/host.key
                    AuthorizedKeysFile %1$s/user.key.pub
                    PermitRootLogin yes
                    PasswordAuthentication yes
                    KbdInteractiveAuthentication no
                    UsePAM no
                    StrictModes no
                    LogLevel ERROR
                    PidFile none
                    """.formatted(folder));
            holder = new ProcessBuilder("unshare", "--mount", "--propagation", "private", "sh", "-euc", COPY, "sh",
                    copy.toString(), PASSWORD).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            if (!"ready".equals(holder.inputReader().readLine())) {
                throw new IOException("the copy of the file system cannot be made");
            }
            socket = new ServerSocket(0, 0, InetAddress.ofLiteral("::1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** What is missing here; empty when nothing is. */
    public static String lack() {
        return !"root".equals(System.getProperty("user.name"))
                ? "needs root"
                : Files.isExecutable(Path.of("/usr/sbin/sshd")) ? "" : "needs openssh-server";
    }

    public Login login() {
        return new Login("root", "::1", socket.getLocalPort());
    }

    public String password() {
        return PASSWORD;
    }

    public Path userKey() {
        return folder.resolve("user.key");
    }

    /** As ssh-keygen says it. */
    public String fingerprint() {
        return succeed("ssh-keygen", "-lf", folder.resolve("host.key.pub").toString()).split(" ")[1];
    }

    /** Runs in the copy. @return what it wrote */
    public String inside(String... words) {
        return succeed(inTheCopy(words).toArray(String[]::new));
    }

    private List<String> inTheCopy(String... words) {
        return Stream.concat(Stream.of("nsenter",
                "--mount=/proc/" + holder.pid() + "/ns/mnt", "chroot", folder.resolve("copy/root").toString()),
                Stream.of(words)).toList();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                Process daemon = new ProcessBuilder(inTheCopy("/usr/sbin/sshd", "-i", "-e", "-f",
                        folder.resolve("sshd_config").toString())).redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                daemons.add(daemon);
                pump(client.getInputStream(), daemon.getOutputStream());
                pump(daemon.getInputStream(), client.getOutputStream());
            }
        } catch (IOException _) {
            // closed
        }
    }

    private static void pump(InputStream from, OutputStream to) {
        Thread.ofVirtual().start(() -> {
            try (from; to) {
                byte[] some = new byte[16 * 1024];
                for (int n = from.read(some); n >= 0; n = from.read(some)) {
                    to.write(some, 0, n);
                    to.flush();
                }
            } catch (IOException _) {
                // The other one has gone.
            }
        });
    }

    /** Runs to its good end. @return what it wrote */
    public static String succeed(String... words) {
        try {
            Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", words) + ": " + out);
            }
            return out;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // It is gone anyway.
        }
        daemons.forEach(Process::destroyForcibly);
        holder.destroyForcibly();
        try {
            holder.waitFor();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
