package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InventoryTest {

    private static final String VM = """
            {"name": "web", "domain": "web", "uuid": "5f0a2c1e-0000-4000-8000-000000000001",
             "hoa": "2001:db8:face::1", "host": "a-1", "moa": "2001:db8:a::77", "migration": null, "newer": 1}""";

    private final FakeMcs mcs = new FakeMcs();

    @AfterEach
    void close() {
        mcs.close();
    }

    static Stream<Arguments> lists() {
        return Stream.of(Arguments.of("site", "sites", "{\"name\": \"a\"}, {\"name\": \"b\"}"),
                Arguments.of("gateway", "gateways",
                        "{\"site\": \"b\", \"link_local\": \"fe80::b1\", \"mac\": \"02:00:00:00:00:b1\","
                                + " \"prefix\": \"2001:db8:b::/64\"}"),
                Arguments.of("host", "hosts",
                        "{\"name\": \"a-1\", \"site\": \"a\", \"connected\": true, \"libvirt_uri\":"
                                + " \"qemu+tcp://[2001:db8:a::10]/system\"},"
                                + " {\"name\": \"b-1\", \"site\": \"b\", \"connected\": false, \"libvirt_uri\": null}"),
                Arguments.of("vm", "vms", VM),
                Arguments.of("peer", "peers",
                        "{\"name\": \"client\", \"hoa\": \"2001:db8:face::c\", \"moa\": \"2001:db8:100::c\"}"),
                Arguments.of("binding", "bindings",
                        "{\"hoa\": \"2001:db8:face::1\", \"moa\": \"2001:db8:a::77\", \"state\": \"active\", \"epoch\": 7},"
                                + " {\"hoa\": \"2001:db8:face::1\", \"moa\": \"2001:db8:b::77\", \"state\": \"staged\","
                                + " \"epoch\": 7}"),
                Arguments.of("migration", "migrations",
                        Bodies.json(Bodies.completed()) + "," + Bodies.json(Bodies.requested())));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void aListIsATable(String command, String path, String items) {
        mcs.on("GET /v1/" + path, "{\"items\": [" + items + "]}");
        Trial trial = Trial.against(mcs).run(command, "list");
        assertThat(trial.exitCode()).isZero();
        Golden.assertMatches("list/" + command + ".txt", trial.out());
    }

    @ParameterizedTest
    @MethodSource("lists")
    void aListAsJsonIsTheBodyThatCame(String command, String path, String items) {
        mcs.on("GET /v1/" + path, "{\"items\": [" + items + "]}");
        Trial trial = Trial.against(mcs).run(command, "list", "-o", "json");
        assertThat(trial.exitCode()).isZero();
        Golden.assertMatches("list/" + command + ".json", trial.out());
    }

    @Test
    void allPagesAreOneList() {
        mcs.on("GET /v1/sites", FakeMcs.Answer.of(200, "{\"items\": [{\"name\": \"a\"}]}")
                .followedBy("/v1/sites?cursor=YQ"));
        mcs.on("GET /v1/sites?cursor=YQ", "{\"items\": [{\"name\": \"b\"}]}");
        assertThat(Trial.against(mcs).run("site", "list", "-o", "name").out()).isEqualTo("a\nb\n");
        assertThat(Trial.against(mcs).run("site", "list", "-o", "yaml").out())
                .isEqualTo("items:\n- name: \"a\"\n- name: \"b\"\n");
    }

    @Test
    void aWideListHasEveryColumn() {
        mcs.on("GET /v1/vms?host=a-1", "{\"items\": [" + VM + "]}");
        assertThat(Trial.against(mcs).run("vm", "list", "--host", "a-1", "-o", "wide").out())
                .contains("UUID", "DOMAIN", "5f0a2c1e-0000-4000-8000-000000000001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "json", "yaml", "name" })
    void aWatchedListShowsAllAndThenWhatChanges(String output) {
        mcs.on("GET /v1/events", "id: 1\nevent: vm.moved\ndata: {}\n\n");
        String gone = "{\"name\": \"db\", \"host\": \"a-1\"}";
        Trial trial = Trial.against(mcs);
        mcs.on("GET /v1/vms?host=a-1", FakeMcs.Answer.of(200, "{\"items\": [" + VM + "," + gone + "]}"),
                FakeMcs.Answer.of(200, "{\"items\": [" + VM + "," + gone + "]}"),
                FakeMcs.Answer.of(200, "{\"items\": [" + VM.replace("a-1", "b-1") + "]}").when(trial::pressCtrlC));
        trial.run("vm", "list", "--host", "a-1", "-w", "-o", output);
        assertThat(trial.exitCode()).isEqualTo(130);
        Golden.assertMatches("list/watched-vm." + output, trial.out());
    }

    @ParameterizedTest
    @CsvSource({"vm show x, /v1/vms", "vm add x, -", "vm add x --host h, /v1/hosts", "migrate x, /v1/vms",
            "migrate web --to b, /v1/hosts", "migrate web --to b-1 x, -", "host revoke a, /v1/hosts",
            "host enrol root@x --site a, /v1/sites", "host enrol root@x --name a, -", "why x, /v1/vms",
            "migration cancel x, /v1/vms", "migration abandon x, /v1/vms", "peer remove x, /v1/peers",
            "token revoke x, /v1/tokens",
            "vm list -o json --host x, /v1/hosts", "x, -", "vm x, -", "site show --nonsense x, /v1/sites" })
    void theServerIsAskedForWhatMayStandThere(String line, String path) {
        var root = Godwit.commandLine(new Trial().surroundings(Map.of())).getCommandSpec();
        assertThat(NamesCommand.wanted(root, List.of(line.split(" "))).<String>map(Kind::path).orElse("-"))
                .isEqualTo(path);
    }

    @Test
    void aShellGetsNamesAndNoComplaints() {
        mcs.on("GET /v1/vms?limit=200", "{\"items\": [" + VM + "]}");
        assertThat(Trial.against(mcs).run("names", "--", "vm", "show", "w").out()).isEqualTo("web\n");
        Trial without = Trial.against(mcs).run("names", "--", "host", "show", "w");
        assertThat(without.exitCode()).isZero();
        assertThat(without.out() + without.err()).isEmpty();
    }

    @Test
    void aShellGetsNothingThatItCouldTakeForACommand() {
        mcs.on("GET /v1/sites?limit=200",
                "{\"items\": [{\"name\": \"$(id)\"}, {\"name\": \"a b\"}, {\"name\": \"`id`\"}, {\"name\": \"tokyo-1\"}]}");
        assertThat(Trial.against(mcs).run("names", "--", "site", "show", "").out()).isEqualTo("tokyo-1\n");
    }

    @Test
    void anEmptyListHasItsHeading() {
        mcs.on("GET /v1/sites", "{\"items\": []}");
        assertThat(Trial.against(mcs).run("site", "list").out()).isEqualTo("NAME\n");
    }

    @Test
    void oneVmIsShownInFull() {
        mcs.on("GET /v1/vms/web", VM);
        Golden.assertMatches("show/vm.txt", Trial.against(mcs).run("vm", "show", "web").out());
    }

    @Test
    void theServerIsNamedByOptionToo() {
        mcs.on("GET /v1/vms/web", VM);
        assertThat(Trial.against(mcs).runWithServerOption("vm", "show", "web").exitCode()).isZero();
    }

    @Test
    void whatIsAddedIsSentInTheServersWords() {
        for (String path : new String[]{"sites", "gateways", "vms" }) {
            mcs.on("POST /v1/" + path, FakeMcs.Answer.of(201, "{}"));
        }
        Trial trial = Trial.against(mcs).run("site", "add", "b");
        trial.run("gateway", "add", "b", "--link-local", "fe80::b1", "--mac", "02:00:00:00:00:b1", "--prefix",
                "2001:db8:b::/64");
        trial.run("vm", "add", "web", "--host", "a-1", "--hoa", "2001:db8:face::1");
        assertThat(trial.out()).isEqualTo("site b added\ngateway b added\nVM web added\n");
        assertThat(mcs.requests()).containsExactly("POST /v1/sites {\"name\":\"b\"}",
                "POST /v1/gateways {\"site\":\"b\",\"link_local\":\"fe80::b1\",\"mac\":\"02:00:00:00:00:b1\","
                        + "\"prefix\":\"2001:db8:b::/64\"}",
                "POST /v1/vms {\"name\":\"web\",\"domain\":null,\"hoa\":\"2001:db8:face::1\","
                        + "\"host\":\"a-1\"}");
    }

    @Test
    void whatIsRemovedIsSaid() {
        mcs.on("DELETE /v1/hosts/a-1", FakeMcs.Answer.of(204, ""));
        Trial trial = Trial.against(mcs).run("host", "remove", "a-1");
        assertThat(trial.out()).isEqualTo("host a-1 removed\n");
        assertThat(trial.exitCode()).isZero();
    }

    @Test
    void aNameStaysWithinItsPartOfThePath() {
        Trial.against(mcs).run("vm", "show", "../sites?x=a b");
        assertThat(mcs.requests()).containsExactly("GET /v1/vms/..%2Fsites%3Fx%3Da%20b");
    }

    @Test
    void controlCharactersOfTheServerDoNotReachTheTerminal() {
        mcs.on("GET /v1/sites", "{\"items\": [{\"name\": \"a\\u001b[31m\"}]}");
        assertThat(Trial.against(mcs).run("site", "list").out()).isEqualTo("NAME\na [31m\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "<html></html>", "{\"items\": [{\"name\": {}}]}", "" })
    void anAnswerThatIsNoListFailsInOneSentence(String body) {
        mcs.on("GET /v1/sites", body);
        Trial trial = Trial.against(mcs).run("site", "list");
        assertThat(trial.exitCode()).isEqualTo(1);
        assertThat(trial.err()).startsWith("godwit: the server's answer was not understood").hasLineCount(1);
    }
}
