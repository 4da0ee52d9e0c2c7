package org.godwit.mcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.deque.html.axecore.selenium.AxeBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.godwit.mcs.scripted.ScriptedHosts;
import org.godwit.mcs.scripted.Wait;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The web console in a real browser. */
@Tag("netns")
class ConsoleTest extends ServedSites {

    private static final Path BROWSER = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration SLOW = Duration.ofSeconds(60);

    private ChromeDriver browser;

    @BeforeAll
    static void needsABrowser() {
        Tier.NETNS.needs(Stream.of(BROWSER, DRIVER).allMatch(Files::isExecutable)
                ? ""
                : BROWSER + " or " + DRIVER + " is missing: install chromium and chromium-driver");
    }

    @BeforeEach
    void open() {
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(BROWSER.toFile());
        // Chromium runs as root without its sandbox only; it sees nothing but this server.
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1200,900");
        options.setAcceptInsecureCerts(true);
        options.setCapability("goog:loggingPrefs", logs);
        browser = new ChromeDriver(
                new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build(), options);
        browser.manage().timeouts().scriptTimeout(SLOW);
        browser.get("https://[::1]:" + server.restPort() + "/");
    }

    @AfterEach
    void quit() {
        browser.quit();
    }

    @Test
    void whoHasNoGoodTokenIsToldWhyAndAskedAgain() {
        enter("gwt_nonsense");
        awaitText("#problem", "token");
        assertThat(browser.findElement(By.id("token")).isDisplayed()).isTrue();
        enter(admin().token().text());
        awaitText("h1", "Migrations");
        assertThat(browser.findElement(By.id("problem")).getText()).isEmpty();
        assertThat(browser.getCurrentUrl()).as("the token is in no address").doesNotContain(admin().token().text());

        browser.navigate().refresh();
        awaitText("h1", "Who are you?");
    }

    @Test
    void aVmIsMovedByKeysAloneAndItsWaterfallAddsUp() throws Exception {
        inventory();
        registerVm();
        enter(admin().token().text());
        awaitText("h1", "Migrations");
        press("a", "VMs");
        press("a", "vm1");
        awaitText("h1", "VM vm1");
        requireAccessible();
        press("button", "Only check");
        awaitText("[aria-live]", "It would go by");
        press("button", "Move");
        awaitText("h1", "VM vm1 from host-a to host-b: completed");
        requireAccessible();

        List<List<String>> phases = browser.findElements(By.cssSelector("tbody tr:not(.inner)")).stream()
                .map(row -> row.findElements(By.tagName("td")).stream().map(WebElement::getText).toList()).toList();
        assertThat(phases).extracting(row -> row.getFirst().split(":")[0]).startsWith("REQUESTED", "CHECKED")
                .endsWith("SWITCHOVER", "REBINDING", "SETTLED");
        double sum = phases.stream().map(row -> row.get(2)).filter(it -> !it.equals("-")).mapToDouble(
                Double::parseDouble).sum();
        assertThat(sum).as("T_ALL").isCloseTo(Double.parseDouble(figure("T_ALL").split(" ")[0]),
                within(0.1 * phases.size()));
        assertThat(figure("VM downtime")).startsWith("42.0 ms");
        requireNoErrors();
    }

    @Test
    void aMigrationThatRunsIsWatchedAndCancelledAndARefusalIsSaid() throws Exception {
        inventory();
        registerVm();
        hosts.hold("host-a COPY");
        String location = depart();
        ScriptedHosts.Held copy = hosts.held("host-a COPY");
        enter(admin().token().text());
        press("a", "vm1");
        press("button", "Move");
        awaitText("#problem", location.substring("/v1/migrations/".length()));

        press("a", location.substring("/v1/migrations/".length()).substring(0, 8));
        awaitText("h1", "running");
        press("button", "Cancel the migration");
        Wait.until("the agent is told", () -> hosts.heard().contains("host-a CANCEL_COPY"));
        copy.fail(FailureCode.COPY_CANCELLED);
        awaitText("h1", "rolled back, the VM is safe at host-a");
        assertThat(browser.findElements(By.xpath("//button[starts-with(.,'Cancel')]"))).isEmpty();
    }

    @Test
    void aListGoesOnWhereItEndsAndAFilterStaysInTheAddress() throws Exception {
        json(post("sites", "{\"name\":\"a\"}"), 201);
        json(post("gateways", """
                {"site":"a","link_local":"fe80::a1","mac":"02:00:00:00:00:a1","prefix":"2001:db8:a::/64"}"""), 201);
        for (int i = 0; i < 101; i++) {
            json(post("hosts", "{\"name\":\"host-%03d\",\"site\":\"a\"}".formatted(i)), 201);
        }
        enter(admin().token().text());
        press("a", "Hosts");
        awaitText("table", "host-099");
        assertThat(text("table")).doesNotContain("host-100");
        press("button", "More");
        awaitText("table", "host-100");
        requireAccessible();

        browser.findElement(By.id("site")).sendKeys("b", Keys.ENTER);
        Wait.until("the filter is in the address", () -> browser.getCurrentUrl().endsWith("#/hosts?site=b"));
        awaitText("main", "None.");
        requireNoErrors();
    }

    /** What a page may make of a text is decided by the browser; this one would run it. */
    @Test
    void noTextBecomesAProgram() {
        Object made = browser.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                try {
                  document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="document.title=1">');
                  done('made');
                } catch (refusal) {
                  done(refusal.name);
                }""");
        assertThat(made).isEqualTo("TypeError");
    }

    @Test
    void whatIsNotKnownOrMayMeanHarmIsSaidSo() {
        assertThat(computed("milliseconds(null)")).isEqualTo("not known");
        assertThat(computed("milliseconds(0)")).isEqualTo("0.0 ms");
        assertThat(computed("bytes(3 << 20)")).isEqualTo("3.0 MiB");
        assertThat(computed("sentence(404, {detail: 'There is no host b-9.', field: 'target'})"))
                .isEqualTo("There is no host b-9. (field: target)");
        assertThat(computed("sentence(502, null)")).isEqualTo("the server answered 502");
        assertThat(computed("nextPage('<https://elsewhere/>; rel=\"next\"')")).isNull();
        assertThat(computed("verdict({outcome: 'uncertain'})")).asString().startsWith("UNCERTAIN");
        assertThat(computed("verdict({outcome: 'lost'})")).asString().startsWith("LOST");
        assertThat(computed("verdict({outcome: 'teleported'})")).isEqualTo("teleported");
    }

    @Test
    void theTimeOfAPhaseInWhichNoStepRanIsARowOfItsOwn() {
        Object rows = computed("""
                waterfall({queued_ms: 12.5, t_all_ms: 430, phases: [
                  {phase: 'REQUESTED', reason: 'r', start_ms: 0, duration_ms: 330, steps: [
                    {effect: 'inspect_source', start_ms: 12.5, duration_ms: 4.5, message: null},
                    {effect: 'check_guest', start_ms: 20, duration_ms: 300, message: 'no'}]},
                  {phase: 'COPYING', reason: 'r', start_ms: 330, duration_ms: 100, steps: [
                    {effect: 'copy', start_ms: 325, duration_ms: 105, message: null}]},
                  {phase: 'SETTLED', reason: 'r', start_ms: 430, duration_ms: null, steps: []}]})
                .rows.map(it => [it.what, it.durationMs, it.failed])""");
        assertThat(rows).isEqualTo(List.of(Stream.of("REQUESTED: r", 330L, false).toList(),
                Stream.of("waited for its turn", 12.5, false).toList(),
                Stream.of("inspect source", 4.5, false).toList(),
                Stream.of("check guest FAILED: no", 300L, true).toList(),
                Stream.of("between steps, in the control server", 8L, false).toList(),
                Stream.of("COPYING: r", 100L, false).toList(), Stream.of("copy", 105L, false).toList(),
                Stream.of("SETTLED: r", null, false).toList()));
    }

    /** An expression of what the page computes with. */
    private Object computed(String expression) {
        return browser.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                import('/v1/console/view.js').then(({milliseconds, bytes, sentence, nextPage, verdict, waterfall}) =>
                    done(%s), failure => done(String(failure)));""".formatted(expression));
    }

    private void enter(String token) {
        Wait.until("there is a field for a token", () -> !browser.findElements(By.id("token")).isEmpty());
        browser.findElement(By.id("token")).sendKeys(token, Keys.ENTER);
    }

    /** As somebody without a mouse does it. */
    private void press(String element, String text) {
        By where = By.xpath("//" + element + "[normalize-space()='" + text + "']");
        Wait.until("there is " + text, () -> !browser.findElements(where).isEmpty());
        browser.findElement(where).sendKeys(Keys.ENTER);
    }

    private void awaitText(String selector, String part) {
        try {
            Wait.until(selector + " says " + part, () -> text(selector).contains(part));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the page says " + text("body"), e);
        }
    }

    private String text(String selector) {
        try {
            return browser.findElement(By.cssSelector(selector)).getText();
        } catch (NoSuchElementException | StaleElementReferenceException _) {
            return "";
        }
    }

    private String figure(String name) {
        return browser.findElement(By.xpath("//dt[.='" + name + "']/following-sibling::dd[1]")).getText();
    }

    /** By the rules of WCAG that a program can check. */
    private void requireAccessible() {
        assertThat(new AxeBuilder().analyze(browser).getViolations())
                .allSatisfy(it -> assertThat(Map.of(it.getId(), it.getNodes())).as(it.getHelp()).isEmpty());
    }

    /** Nothing that the page's policy refused, and nothing that failed. */
    private void requireNoErrors() {
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                .filteredOn(it -> it.getLevel().intValue() >= Level.WARNING.intValue()).isEmpty();
    }
}
