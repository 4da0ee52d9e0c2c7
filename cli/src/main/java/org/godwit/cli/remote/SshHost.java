package org.godwit.cli.remote;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SSHAgentConnector;
import com.jcraft.jsch.Session;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A machine that is reached over SSH. Needs a shell on the other side, no SFTP. */
public final class SshHost implements RemoteHost {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(15);
    private static final Duration ALIVE_INTERVAL = Duration.ofSeconds(5);
    private static final int ALIVE_COUNT_MAX = 6;

    private final Session session;
    private final String identity;

    private SshHost(Session session, String identity) {
        this.session = session;
        this.identity = identity;
    }

    /** As a {@link RemoteDoor}. */
    public static SshHost enter(Login login, Keyring keys, Questions questions) {
        JSch ssh = new JSch();
        HostKeys hostKeys = new HostKeys(known(ssh, keys.knownHosts()), keys.knownHosts(), keys.acceptedFingerprint(),
                questions);
        ssh.setHostKeyRepository(hostKeys);
        try {
            addIdentities(ssh, keys);
            Session session = ssh.getSession(login.user(), login.host(), login.port());
            session.setConfig("StrictHostKeyChecking", "yes");
            session.setConfig("PreferredAuthentications", "publickey,keyboard-interactive,password");
            session.setUserInfo(new Operator(login, questions));
            session.setDaemonThread(true);
            session.setServerAliveInterval((int) ALIVE_INTERVAL.toMillis());
            session.setServerAliveCountMax(ALIVE_COUNT_MAX);
            session.connect((int) CONNECT_LIMIT.toMillis());
            return new SshHost(session, hostKeys.verdict());
        } catch (JSchException e) {
            throw hostKeys.refusal().orElseGet(() -> refused(login, e));
        }
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public RemoteResult run(RemoteCommand command) {
        BoundedText out = new BoundedText();
        BoundedText err = new BoundedText();
        ChannelExec channel = null;
        try (InputStream input = command.input().isPresent()
                ? command.input().get().open()
                : InputStream.nullInputStream()) {
            channel = (ChannelExec) session.openChannel("exec");
            channel.setCommand(command.line());
            channel.setInputStream(input);
            channel.setOutputStream(out);
            // JSch closes this one last, when the channel is closed and the status is known.
            channel.setErrStream(err);
            channel.connect((int) CONNECT_LIMIT.toMillis());
            if (!err.awaitEnd(command.limit().toMillis())) {
                throw new RemoteException("it did not end within " + command.limit().toSeconds() + " s",
                        "look at the host what holds it up, then run this again");
            }
            if (!session.isConnected()) {
                throw new RemoteException("the connection broke", "run this again when the host can be reached");
            }
            return new RemoteResult(channel.getExitStatus(), out.text(), err.text());
        } catch (JSchException | IOException e) {
            throw new RemoteException("the connection or a file failed (" + innermost(e) + ")",
                    "run this again when the host can be reached", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteException("interrupted", "run this again", e);
        } finally {
            if (channel != null) {
                channel.disconnect();
            }
        }
    }

    @Override
    public void close() {
        session.disconnect();
    }

    private static HostKeyRepository known(JSch ssh, Path file) {
        try {
            if (Files.exists(file)) {
                ssh.setKnownHosts(file.toString());
            }
            return ssh.getHostKeyRepository();
        } catch (JSchException e) {
            throw new RemoteException(file + " cannot be read (" + innermost(e) + ")",
                    "mend it, or name another file with --known-hosts", e);
        }
    }

    private static void addIdentities(JSch ssh, Keyring keys) throws JSchException {
        if (keys.agentSocket().isPresent()) {
            try {
                SSHAgentConnector agent = new SSHAgentConnector(keys.agentSocket().get());
                if (agent.isAvailable()) {
                    ssh.setIdentityRepository(new AgentIdentityRepository(agent));
                }
            } catch (AgentProxyException e) {
                throw new IllegalStateException("this Java platform has no Unix sockets", e);
            }
        }
        for (Path file : keys.identities()) {
            try {
                ssh.addIdentity(file.toString());
            } catch (JSchException e) {
                throw new RemoteException("the key " + file + " cannot be used (" + innermost(e) + ")",
                        "name a private key of OpenSSH with --identity", e);
            }
        }
    }

    private static RemoteException refused(Login login, JSchException e) {
        if (e.getCause() instanceof IOException) {
            return new RemoteException("no SSH server answers at " + login.hostInUri() + " port " + login.port() + " ("
                    + innermost(e) + ")", "look whether the host is up, and sshd runs there", e);
        }
        if (e.getMessage() != null && e.getMessage().startsWith("Auth")) {
            return new RemoteException("the host does not let " + login.user() + " in",
                    "put your key into " + login.user() + "'s authorized_keys there, name it with --identity or load it"
                            + " into the ssh-agent; where sshd allows passwords, run this on a terminal",
                    e);
        }
        return new RemoteException("SSH with " + login + " failed (" + innermost(e) + ")",
                "try ssh " + login.user() + "@" + login.host() + " -p " + login.port(), e);
    }

    private static String innermost(Throwable problem) {
        Throwable cause = problem;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
