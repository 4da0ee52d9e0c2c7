package org.godwit.mcs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.mcs.rest.Answers;
import org.godwit.mcs.scripted.ScriptedHosts;
import org.godwit.mcs.scripted.Wait;
import org.godwit.mcs.workflow.Plans;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.rest.Resources;
import org.godwit.protocol.rest.RestJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole server over loopback: operators by HTTP, agents by gRPC. */
class McsServerTest extends ServedSites {

    @Test
    void aVmIsRegisteredAndMigrated() throws Exception {
        inventory();
        JsonNode vm = json(post("vms", """
                {"name":"vm1","domain":"vm1-domain","hoa":"2001:db8:face::1","host":"host-a"}"""), 201);
        assertThat(vm.get("uuid").asText()).isEqualTo(Plans.VM_UUID.toString());
        assertThat(vm.get("moa").asText()).isEqualTo(Plans.MOA_A.toString());
        assertThat(hosts.heard()).contains("host-a ENROL_GUEST");

        HttpResponse<String> begun = post("migrations", """
                {"vm":"vm1","target":"host-b"}""");
        JsonNode migration = json(begun, 202);
        String location = begun.headers().firstValue("Location").orElseThrow();
        assertThat(location).isEqualTo("/v1/migrations/" + migration.get("id").asText());
        Resources.Migration end = end(location);
        assertThat(end.outcome()).isEqualTo("completed");
        assertThat(end.phase()).isEqualTo("SETTLED");
        assertThat(end.vmDowntimeMs()).isEqualTo(42.0);
        assertThat(end.tAllMs()).isPositive();
        assertThat(end.failure()).isNull();
        assertThat(end.phases()).extracting(Resources.Phase::phase).startsWith("REQUESTED", "CHECKED")
                .endsWith("SWITCHOVER", "REBINDING", "SETTLED");
        assertThat(end.phases()).allSatisfy(phase -> assertThat(phase.durationMs()).isNotNegative());
        assertThat(get("vms/vm1").body()).contains("\"host\":\"host-b\"", "\"migration\":null");
        assertThat(get("bindings").body()).contains(Plans.MOA_B + "\",\"state\":\"active\",\"epoch\":1",
                Plans.MOA_A + "\",\"state\":\"retired\"");
        assertThat(get("migrations").body()).contains(end.id());
        assertThat(get("migrations?vm=vm1&host=host-b&outcome=completed&phase=settled").body()).contains(end.id());
        assertThat(get("migrations?outcome=lost").body()).isEqualTo("{\"items\":[]}");
        assertThat(get("vms?host=host-b").body()).contains("vm1");
        assertThat(get("vms?host=host-a").body()).isEqualTo("{\"items\":[]}");
    }

    @Test
    void aMigrationIsWatchedToItsEndAndReportedWithWhatWasDone() throws Exception {
        inventory();
        registerVm();
        hosts.hold("host-a COPY");
        String location = depart();
        ScriptedHosts.Held copy = hosts.held("host-a COPY");
        List<String> kinds = new ArrayList<>();
        String last = "";
        try (EventReader stream = new EventReader(admin(), location + "/events")) {
            copy.succeed();
            for (Map<String, String> event = stream.next(); !event.get("event").equals("END"); event = stream.next()) {
                kinds.add(event.get("event"));
                last = event.get("id");
            }
        }
        assertThat(kinds).startsWith("migration.requested", "migration.admitted", "migration.phase")
                .doesNotContain("migration.setback");
        // A beginning at 0 would be a gap as soon as the oldest events are swept.
        try (EventReader stream = new EventReader(admin(), location + "/events")) {
            assertThat(stream.begin()).isEqualTo(Long.parseLong(stream.next().get("id")) - 1).isPositive();
        }
        assertThat(send("GET", location + "/events?after=" + last, "").statusCode()).as("nothing follows")
                .isEqualTo(204);
        assertThat(get("events?kind=vm.moved").body()).contains("at host host-b");

        Resources.Report report = RestJson.strict().readValue(send("GET", location + "/report", "").body(),
                Resources.Report.class);
        assertThat(report.vmDowntimeMs()).isEqualTo(42.0);
        assertThat(report.preparationMs()).isPositive();
        assertThat(report.resumeMs()).isPositive();
        assertThat(report.phases()).first().satisfies(phase -> assertThat(phase.steps())
                .extracting(Resources.ReportStep::effect).containsExactly("precheck"));
        assertThat(report.phases()).flatExtracting(Resources.ReportPhase::steps)
                .allSatisfy(step -> assertThat(step.durationMs()).as(step.effect()).isNotNegative());
        assertThat(report.failure()).isNull();
    }

    @Test
    void theStrategyIsAskedForAndToldEverywhere() throws Exception {
        inventory();
        registerVm();
        String wish = """
                {"vm":"vm1","target":"host-b","strategy":"hybrid-copy"}""";
        JsonNode plan = json(post("migrations?dryRun=true", wish), 200);
        assertThat(plan.get("strategy").asText()).isEqualTo("hybrid-copy");
        assertThat(plan.get("steps").findValuesAsText("what")).anyMatch(what -> what.contains("memory once"));
        hosts.hold("host-a COPY");
        String location = post("migrations", wish).headers().firstValue("Location").orElseThrow();
        ScriptedHosts.Held copy = hosts.held("host-a COPY");
        assertThat(copy.command().getCopy()).satisfies(order -> {
            assertThat(order.getPostCopy()).isTrue();
            assertThat(order.getPostCopyAtOnce()).isFalse();
        });
        copy.succeed();
        assertThat(end(location).strategy()).isEqualTo("hybrid-copy");
        JsonNode report = json(send("GET", location + "/report", ""), 200);
        assertThat(report.get("strategy").asText()).isEqualTo("hybrid-copy");
        assertThat(report.get("post_copy_requests").asInt()).isEqualTo(11);
    }

    @Test
    void aReportOfARefusalSaysWhatToDo() throws Exception {
        inventory();
        registerVm();
        hosts.script("host-a CHECK_SOURCE", success -> {
            success.getSourceFactsBuilder().clearGuest().putUnknown("guest", "the guest agent did not answer");
            return success;
        });
        String location = depart();
        end(location);
        JsonNode report = json(send("GET", location + "/report", ""), 200);
        assertThat(report.at("/failure/code").asText()).isEqualTo("guest");
        assertThat(report.at("/failure/remedy").asText()).contains("--plan");
        assertThat(report.at("/phases/0/steps").findValuesAsText("message").getLast())
                .contains("the guest agent did not answer");
    }

    @Test
    void aCreationThatIsUnderWayIsNotBegunAgain() throws Exception {
        inventory();
        hosts.hold("host-a ENROL_GUEST");
        HttpRequest request = admin().request("/v1/vms")
                .header("Idempotency-Key", "4f9f3f8e-5f44-4c0c-9d39-8d9f43f2a002")
                .POST(BodyPublishers.ofString("""
                        {"name":"vm1","hoa":"2001:db8:face::1","host":"host-a"}""")).build();
        CompletableFuture<HttpResponse<String>> first = admin().http().sendAsync(request, BodyHandlers.ofString());
        ScriptedHosts.Held enrolment = hosts.held("host-a ENROL_GUEST");
        HttpResponse<String> second = admin().http().send(request, BodyHandlers.ofString());
        Answers.check(second);
        assertThat(json(second, 409).get("field").asText()).isEqualTo("Idempotency-Key");
        enrolment.succeed();
        assertThat(first.join().statusCode()).isEqualTo(201);
        assertThat(admin().http().send(request, BodyHandlers.ofString()).body()).isEqualTo(first.join().body());
    }

    @Test
    void whatHappensIsCountedAndWhetherItIsWellIsSaid() throws Exception {
        inventory();
        registerVm();
        end(depart());
        Wait.until("the last phase is counted", () -> status("/metrics").body().contains(
                "godwit_mcs_migrations_ended_total{outcome=\"settled\"} 1.0"));
        assertThat(status("/metrics").body().lines()).contains("godwit_mcs_vm_downtime_seconds_count 1",
                "godwit_mcs_vm_downtime_seconds_sum 0.042", "godwit_mcs_agents_connected 2.0", "godwit_mcs_hosts 2.0",
                "godwit_mcs_vms 1.0", "godwit_mcs_commands_pending 0.0", "godwit_mcs_journal_open 0.0",
                "godwit_mcs_migrations_running{phase=\"copying\"} 0.0",
                "godwit_mcs_phase_seconds_count{phase=\"checked\"} 1").anyMatch(
                        line -> line.startsWith("godwit_store_commit_seconds_count "))
                .anyMatch(line -> line.startsWith("godwit_ims_events_total{event=\"registered\"} "));
        assertThat(status("/readyz").statusCode()).isEqualTo(200);
        assertThat(status("/livez").body()).isEqualTo("connections: ok\n");
    }

    private HttpResponse<String> status(String path) {
        return http.sendAsync(HttpRequest.newBuilder(URI.create("http://[::1]:" + server.statusPort() + path)).build(),
                HttpResponse.BodyHandlers.ofString()).join();
    }

    @Test
    void aSecondMigrationIsRefusedAndTheFirstIsCancelled() throws Exception {
        inventory();
        registerVm();
        hosts.hold("host-a COPY");
        String location = depart();
        ScriptedHosts.Held copy = hosts.held("host-a COPY");
        JsonNode refusal = json(post("migrations", """
                {"vm":"vm1","target":"host-b"}"""), 409);
        assertThat(refusal.get("detail").asText()).contains(location.substring("/v1/migrations/".length()));
        assertThat(get("vms/vm1").body()).contains(location.substring("/v1/migrations/".length()));
        assertThat(delete("vms/vm1").statusCode()).isEqualTo(409);
        assertThat(send("POST", location + "/cancel", "").statusCode()).isEqualTo(202);
        Wait.until("the agent is told", () -> hosts.heard().contains("host-a CANCEL_COPY"));
        copy.fail(FailureCode.COPY_CANCELLED);
        Resources.Migration end = end(location);
        assertThat(end.outcome()).isEqualTo("rolled_back");
        assertThat(end.failure().code()).isEqualTo("cancelled");
        assertThat(send("POST", location + "/cancel", "").statusCode()).isEqualTo(409);
    }

    @Test
    void aServerThatIsStoppedGoesOnAfterItsRestart() throws Exception {
        inventory();
        registerVm();
        hosts.hold("host-a STAGE_ADDRESS");
        String location = depart();
        ScriptedHosts.Held before = hosts.held("host-a STAGE_ADDRESS");
        server.close();
        before.succeed();
        hosts.release("host-a STAGE_ADDRESS");
        server = server();
        dial("host-a", tokens.get(0));
        dial("host-b", tokens.get(1));
        assertThat(end(location).outcome()).isEqualTo("completed");
        assertThat(hosts.heard().stream().filter("host-a STAGE_ADDRESS"::equals)).hasSize(1);
    }

    @Test
    void aGuestThatHasForgottenIsEnrolledWhenItsHostDialsIn() throws Exception {
        inventory();
        registerVm();
        hosts.script("host-a CHECK_GUEST", success -> {
            success.getGuestBuilder().clear();
            return success;
        });
        dial("host-a", tokens.get(0));
        Wait.until("enrolled again",
                () -> hosts.heard().stream().filter("host-a ENROL_GUEST"::equals).count() == 2);
    }

    @Test
    void aVmWhoseGuestIsSilentIsNotRegistered() throws Exception {
        inventory();
        hosts.fails("host-a ENROL_GUEST", FailureCode.GUEST_SILENT);
        assertThat(json(post("vms", """
                {"name":"vm1","hoa":"2001:db8:face::1","host":"host-a"}"""), 502).get("detail").asText())
                .contains("GUEST_SILENT");
        assertThat(get("vms").body()).isEqualTo("{\"items\":[]}");
        registerVm();
    }

    @Test
    void aGuestMayNotClaimAnAddressOfElsewhere() throws Exception {
        inventory();
        hosts.script("host-a ENROL_GUEST", success -> {
            success.getGuestBuilder().setActiveMoa("2001:db8:bad::1");
            return success;
        });
        assertThat(json(post("vms", """
                {"name":"vm1","hoa":"2001:db8:face::1","host":"host-a"}"""), 502).get("detail").asText())
                .contains("2001:db8:bad::1");
    }

    @Test
    void aPeerGetsItsKeyOnce() throws Exception {
        JsonNode enrolment = json(post("peers", """
                {"name":"cn","hoa":"2001:db8:face::c","moa":"2001:db8:c::2"}"""), 201);
        assertThat(enrolment.get("key").asText()).matches("[0-9a-f]{64}");
        assertThat(get("peers/cn").body()).doesNotContain("key").contains("2001:db8:c::2");
        assertThat(delete("peers/cn").statusCode()).isEqualTo(204);
        assertThat(get("bindings").body()).isEqualTo("{\"items\":[]}");
    }

    @Test
    void keysAreReplacedAndRevoked() throws Exception {
        inventory();
        registerVm();
        String first = json(post("peers", """
                {"name":"cn","hoa":"2001:db8:face::c"}"""), 201).get("key").asText();
        assertThat(json(post("peers/cn/key", ""), 200).get("key").asText()).matches("[0-9a-f]{64}").isNotEqualTo(first);
        assertThat(delete("peers/cn/key").statusCode()).isEqualTo(204);

        assertThat(post("vms/vm1/key", "").statusCode()).isEqualTo(204);
        assertThat(hosts.heard().stream().filter("host-a ENROL_GUEST"::equals)).as("told again").hasSize(2);
        assertThat(delete("vms/vm1/key").statusCode()).isEqualTo(204);
        assertThat(post("vms/vm1/key", "").statusCode()).as("a revoked key is replaced").isEqualTo(204);
        assertThat(post("vms/nobody/key", "").statusCode()).isEqualTo(404);
        assertThat(delete("peers/nobody/key").statusCode()).isEqualTo(404);
    }

    @Test
    void aGuestThatCouldNotBeToldItsNewKeyIsToldWhenItsHostDialsIn() throws Exception {
        inventory();
        registerVm();
        hosts.fails("host-a ENROL_GUEST", FailureCode.GUEST_SILENT);
        assertThat(post("vms/vm1/key", "").statusCode()).isEqualTo(502);
        dial("host-a", tokens.get(0));
        Wait.until("told", () -> hosts.heard().stream().filter("host-a ENROL_GUEST"::equals).count() == 3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sites      | {"name":"A b"}                                          | 400 | name
            sites      | {"nam":"a"}                                             | 400 | nam
            sites      | {                                                       | 400 |
            sites      | []                                                      | 400 |
            sites      | null                                                    | 400 |
            sites      | {"name":"a"}                                            | 409 | name
            gateways   | {"site":"c","link_local":"fe80::1","mac":"02:00:00:00:00:01","prefix":"2001:db8:c::/64"} | 404 | site
            gateways   | {"site":"a","link_local":"fe80::1","mac":"x","prefix":"2001:db8:c::/64"} | 400 | mac
            hosts      | {"name":"h","site":"c"}                                 | 404 | site
            vms        | {"name":"v","host":"host-a"}                            | 400 | hoa
            vms        | {"name":"v","hoa":"2001:db8:bad::1","host":"host-a"}    | 422 | hoa
            vms        | {"name":"v","hoa":"2001:db8:face::2","host":"host-x"}   | 404 | host
            vms        | {"name":"v","hoa":"2001:db8:face::1","host":"host-a"}   | 409 | domain
            peers      | {"name":"p","hoa":"2001:db8:face::1"}                   | 409 | hoa
            migrations | {"vm":"nobody","target":"host-b"}                       | 404 | vm
            migrations | {"vm":"vm1","target":"nowhere"}                         | 404 | target
            migrations | {"vm":"vm1","target":"host-a"}                          | 422 | target
            migrations | {"vm":"vm1","target":"host-b","strategy":"teleport"}    | 400 | strategy
            migrations | {"vm":"vm1","target":"host-b","strategy":""}            | 400 | strategy
            """)
    void aWrongRequestIsToldWhatIsWrong(String resource, String body, int status, String field) throws Exception {
        inventory();
        registerVm();
        HttpResponse<String> response = post(resource, body);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        Resources.Problem problem = RestJson.strict().readValue(response.body(), Resources.Problem.class);
        assertThat(problem.status()).as(problem.detail()).isEqualTo(status).isEqualTo(response.statusCode());
        assertThat(problem.field()).isEqualTo(field);
        assertThat(problem.detail()).endsWith(".");
        assertThat(get("migrations").body()).isEqualTo("{\"items\":[]}");
    }

    @Test
    void whatIsNotThereIsAProblemToo() throws Exception {
        for (String path : List.of("nothing", "sites/x", "gateways/x", "hosts/x", "vms/x", "peers/x", "migrations/x",
                "migrations/00000000-0000-4000-8000-000000000001", "sites/No%20name")) {
            assertThat(json(get(path), 404).get("status").asInt()).as(path).isEqualTo(404);
        }
        json(send("PUT", "/v1/sites", "{}"), 405);
        json(post("sites", " ".repeat(70_000)), 413);
        assertThat(get("health").body()).isEqualTo("{\"status\":\"up\"}");
    }

    @Test
    void theContractIsServedForReadingAndForPrograms() throws Exception {
        assertThat(json(get("openapi.json"), 200).get("openapi").asText()).isEqualTo("3.1.0");
        assertThat(get("openapi.yaml").body()).startsWith("openapi: 3.1.0\n");
        HttpResponse<String> page = get("docs");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow()).contains("default-src 'self'");
        Matcher parts = Pattern.compile("(?:href|src)=\"/v1/([^\"]+)\"").matcher(page.body());
        assertThat(parts.results().map(it -> it.group(1)).toList()).hasSize(5)
                .allSatisfy(part -> assertThat(get(part).statusCode()).as(part).isEqualTo(200));
        assertThat(page.body()).as("nothing from elsewhere").doesNotContain("//");
        json(get("docs/passwd"), 404);
    }

    @Test
    void theConsoleIsServedAndRunsNothingButItsOwnFiles() throws Exception {
        HttpResponse<String> front = send("GET", "/", "");
        assertThat(front.statusCode()).isEqualTo(303);
        assertThat(front.headers().firstValue("Location")).contains("/v1/console");
        HttpResponse<String> page = get("console");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.body()).as("what the policy would not let run")
                .doesNotContain("<style", " style=", "javascript:")
                .doesNotContainPattern("<script(?![^>]* src=)").doesNotContainPattern("\\son\\w+=");
        Matcher parts = Pattern.compile("(?:href|src)=\"/v1/([^\"]+)\"").matcher(page.body());
        assertThat(parts.results().map(it -> it.group(1)).toList()).hasSize(2)
                .allSatisfy(part -> assertThat(get(part).statusCode()).as(part).isEqualTo(200));
        assertThat(get("console/console.js").body()).as("texts stay texts")
                .contains("from './view.js'").doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(",
                        "localStorage", "sessionStorage", "document.cookie");
        assertThat(get("console/view.js").statusCode()).isEqualTo(200);
        json(get("console/passwd"), 404);
    }

    @Test
    void aParameterThatIsNoneIsRefused() throws Exception {
        assertThat(json(get("sites?nam=a"), 400).get("field").asText()).isEqualTo("nam");
    }
}
