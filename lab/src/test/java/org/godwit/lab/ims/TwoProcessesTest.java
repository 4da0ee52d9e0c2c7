package org.godwit.lab.ims;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.godwit.lab.Lab;
import org.godwit.lab.Node;
import org.godwit.lab.Requirements;
import org.godwit.lab.house.Programs;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Control server and mapping server as processes, killed in turn and brought back in either order. What the operator was told is
 * done is done on both in the end. In a network of their own, so that their ports are theirs when they come back.
 */
@Tag("netns")
@Timeout(300)
class TwoProcessesTest {

    private static final String REST = "[::1]:8440";
    private static final String ADMIN = "[::1]:4343";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path root;

    private final Patience patience = new Patience(InstantSource.system());
    private Lab lab;
    private Node control;
    private Running ims;
    private Running mcs;
    private int starts;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(Requirements.missingForNetworks());
    }

    @BeforeEach
    void open() throws IOException {
        lab = Lab.open(root);
        control = lab.node("control");
        lab.start();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void eitherRunsOnAloneAndNothingIsLostWhenTheyMeetAgain() throws IOException {
        startMcs();
        enrolIms();
        startIms();
        awaitMeeting(1);
        add(1);
        add(2);
        add(3);

        ims.crash();
        godwit("peer", "remove", peer(1));
        godwit("peer", "rotate-key", peer(2));
        add(4);
        assertThat(godwit("binding", "list")).as("the control server answers as before")
                .contains(moa(2), moa(3), moa(4))
                .doesNotContain(moa(1));
        startIms();
        awaitMeeting(2);

        mcs.crash();
        startMcs();
        awaitMeeting(1);
        add(5);

        ims.crash();
        mcs.crash();
        startMcs();
        godwit("peer", "revoke-key", peer(3));
        add(6);
        startIms();
        awaitMeeting(1);

        ims.crash();
        mcs.crash();
        startIms();
        startMcs();
        awaitMeeting(1);
        assertThat(godwit("binding", "list")).contains(moa(2), moa(3), moa(4), moa(5), moa(6)).doesNotContain(moa(1));
        ims.crash();
        mcs.crash();

        Disk there = Disk.read(root.resolve("ims"));
        assertThat(there).isEqualTo(Disk.read(root.resolve("mcs")));
        assertThat(there.enrolments).hasSize(5);
        assertThat(there.enrolments.get(hoa(2)).successor()).isPresent();
        assertThat(there.enrolments.get(hoa(3)).key()).isEmpty();
        assertThat(there.mappings).hasSize(5);
    }

    /** What a server has written. */
    private record Disk(Map<String, Enrolment> enrolments, Map<String, Mapping> mappings) {

        static Disk read(Path folder) {
            try (Database database = Database.open(folder)) {
                SqliteMappingStore store = new SqliteMappingStore(database);
                Disk disk = new Disk(new HashMap<>(), new HashMap<>());
                store.readEnrolments(it -> disk.enrolments.put(it.hoa().toString(), it));
                store.readMappings(it -> disk.mappings.put(it.hoa().toString(), it));
                return disk;
            }
        }
    }

    private void startIms() {
        ims = start("ims", "org.godwit.mcs.ImsMain", "--data", root.resolve("ims").toString(), "--ims", "[::1]:4342",
                "--admin", ADMIN);
        ims.awaitReady(patience, LIMIT, () -> says(ims, "administered at") > 0, "does not listen");
    }

    private void startMcs() {
        mcs = start("mcs", "org.godwit.mcs.Main", "--data", root.resolve("mcs").toString(), "--rest", REST, "--agents",
                "[::1]:8441", "--ims", "[::1]:4342", "--ims-admin", ADMIN, "--hoa-space",
                "2001:db8:face::/64");
        mcs.awaitReady(patience, LIMIT, () -> says(mcs, "listens: rest=") > 0, "does not listen");
    }

    private Running start(String what, String mainClass, String... arguments) {
        return control.start(what + "-" + ++starts, Programs.command(mainClass, List.of(arguments)),
                Programs.environment());
    }

    /** The control server of now says that it has reconciled for this time. */
    private void awaitMeeting(int times) {
        patience.until(LIMIT, () -> says(mcs, "reconciled with the mapping server") >= times,
                () -> "no reconciliation: see " + mcs.log());
    }

    private static long says(Running program, String words) {
        try {
            return Files.readString(program.log()).lines().filter(line -> line.contains(words)).count();
        } catch (IOException e) {
            return 0;
        }
    }

    private void enrolIms() throws IOException {
        Path data = Files.createDirectory(root.resolve("ims"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        godwit("ims", "enrol", "--address", "::1", "--identity-file", data.resolve("identity.pem").toString());
    }

    private void add(int number) {
        godwit("peer", "add", peer(number), "--hoa", hoa(number), "--moa", moa(number), "--key-file",
                root.resolve(peer(number) + ".key").toString());
    }

    private String godwit(String... arguments) {
        Map<String, String> environment = new HashMap<>(Programs.environment());
        environment.put("GODWIT_SERVER", "https://" + REST);
        environment.put("GODWIT_TOKEN_FILE", root.resolve("mcs/admin.token").toString());
        List<String> command = new ArrayList<>(control.enter(Programs.command("org.godwit.cli.Main",
                List.of(arguments))));
        return Processes.run(LIMIT, command, "", environment).text();
    }

    private static String peer(int number) {
        return "peer-" + number;
    }

    private static String hoa(int number) {
        return "2001:db8:face::" + number;
    }

    private static String moa(int number) {
        return "2001:db8:c::" + number;
    }
}
