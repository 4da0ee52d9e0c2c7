package org.godwit.mcs.runner;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.godwit.mcs.ims.Clocks;
import org.godwit.mcs.ims.ImsPolicy;
import org.godwit.mcs.ims.ImsServer;
import org.godwit.mcs.scripted.FakeAgents;
import org.godwit.mcs.scripted.Inventory;
import org.godwit.mcs.scripted.ScriptedHosts;
import org.godwit.mcs.scripted.Wait;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.mcs.workflow.Plans;
import org.godwit.model.Epoch;
import org.godwit.operation.log.LogFormat;
import org.godwit.operation.log.LogLines;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.lisp.MappingKey;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What the log tells of migrations: it is what operators search, so its lines do not change by accident. */
class PhaseLinesTest {

    private static final Duration GENEROUS = Duration.ofSeconds(20);
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(MigrationRun.class);

    @TempDir
    Path folder;

    private final ScriptedHosts hosts = new ScriptedHosts();
    private final List<ILoggingEvent> logged = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            logged.add(event);
        }
    };

    @BeforeEach
    void listen() {
        appender.start();
        LOG.addAppender(appender);
        LOG.setLevel(Level.INFO);
        LOG.setAdditive(false);
    }

    @AfterEach
    void leave() {
        LOG.detachAppender(appender);
        LOG.setLevel(null);
        LOG.setAdditive(true);
    }

    @Test
    void aMigrationIsALineForEachPhase() {
        fly();
        Golden.assertMatches("log/migration.txt", lines(LogFormat.TEXT));
        Golden.assertMatches("log/migration.jsonl", lines(LogFormat.JSON));
    }

    @Test
    void oneThatIsRolledBackSaysWhy() {
        hosts.fails("host-b PREPARE_TARGET", FailureCode.ADDRESS_IN_USE);
        fly();
        Golden.assertMatches("log/rolled-back.txt", lines(LogFormat.TEXT));
    }

    private void fly() {
        try (Database database = Database.open(folder.resolve("data"));
                Threads threads = new Threads();
                ImsServer ims = ImsServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new SqliteMappingStore(database), ImsPolicy.DEFAULT,
                        new Clocks(InstantSource.system(), System::nanoTime))) {
            Inventory.fill(database);
            ims.enrol(Plans.HOA, MappingKey.of(new byte[32]));
            ims.activate(Plans.HOA, Plans.MOA_A, Epoch.NONE);
            try (Migrations migrations = new Migrations(database, new FakeAgents(hosts), ims, Inventory.NETWORK,
                    new StepLimits(GENEROUS, GENEROUS, GENEROUS, GENEROUS), ConcurrencyLimits.DEFAULT, threads,
                    InstantSource.system(), () -> {})) {
                UUID id = migrations.begin(Inventory.VM, Inventory.HOST_B).state().plan().id();
                Wait.until("the last line is written", () -> logged.stream().map(new LogLines()::line)
                        .anyMatch(line -> line.contains("→SETTLED") || line.contains("→ABORTED")));
                Wait.until("it ends", () -> migrations.find(id).orElseThrow().endedAt().isPresent());
            }
        }
    }

    /** Without what differs from time to time. */
    private String lines(LogFormat format) {
        LogLines lines = new LogLines();
        lines.setFormat(format);
        return logged.stream().map(lines::line).filter(line -> line.contains("phase"))
                .map(line -> line.replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
                        .replaceAll("(migration\"?[=:]\"?)[0-9a-f-]{36}", "$1ID")
                        .replaceAll("(elapsed_ms\"?[=:])\\d+", "$10"))
                .collect(Collectors.joining());
    }
}
