package org.godwit.host.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.godwit.host.command.Outbox;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.HypervisorException;
import org.godwit.operation.metrics.Metrics;
import org.godwit.protocol.agent.Arm;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Copy;
import org.godwit.protocol.agent.Failure;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.junit.jupiter.api.Test;

class HostMetricsTest {

    private final Metrics metrics = new Metrics();
    private final AtomicLong nanos = new AtomicLong();
    private final List<Outcome> delivered = new ArrayList<>();

    @Test
    void commandsAreTimedFromTheirArrivalToTheirOutcome() {
        CommandMeter meter = new CommandMeter(outbox(), metrics, nanos::get);
        List<Command> desk = new ArrayList<>();
        var before = meter.before(desk::add);
        Command arm = Command.newBuilder().setId("1").setArm(Arm.getDefaultInstance()).build();
        before.accept(arm);
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        before.accept(arm.toBuilder().setSentAgain(true).build());
        before.accept(Command.newBuilder().setId("2").setCopy(Copy.getDefaultInstance()).build());
        assertThat(metrics.toString()).contains("godwit_host_commands_running 2.0");

        meter.deliver(Outcome.newBuilder().setCommandId("1").build());
        meter.deliver(Outcome.newBuilder().setCommandId("2")
                .setFailure(Failure.newBuilder().setCode(FailureCode.COPY_FAILED)).build());
        // Nobody asked for it here: an outcome of before a restart.
        meter.deliver(Outcome.newBuilder().setCommandId("0").build());
        assertThat(desk).hasSize(3);
        assertThat(delivered).hasSize(3);
        assertThat(metrics.toString().lines()).contains("godwit_host_commands_running 0.0",
                "godwit_host_commands_total{effect=\"arm\",outcome=\"ok\"} 1.0",
                "godwit_host_commands_total{effect=\"copy\",outcome=\"copy_failed\"} 1.0",
                "godwit_host_command_seconds_sum{effect=\"arm\"} 2.0");
    }

    @Test
    void libvirtIsTimedAndItsErrorsComeThrough() {
        Hypervisor timed = TimedHypervisor.of(deadHypervisor(), metrics, () -> nanos.addAndGet(5_000_000));
        assertThatThrownBy(() -> timed.find(UUID.randomUUID())).isInstanceOf(HypervisorException.class);
        assertThatThrownBy(() -> timed.copy(UUID.randomUUID(), null, null)).isInstanceOf(HypervisorException.class);
        assertThat(metrics.toString()).contains("godwit_host_libvirt_seconds_sum{call=\"find\"} 0.005")
                .doesNotContain("call=\"copy\"");
    }

    private static Hypervisor deadHypervisor() {
        return (Hypervisor) Proxy.newProxyInstance(Hypervisor.class.getClassLoader(),
                new Class<?>[]{Hypervisor.class }, (_, _, _) -> {
                    throw new HypervisorException("libvirt is away", null);
                });
    }

    private Outbox outbox() {
        return new Outbox() {

            @Override
            public void report(org.godwit.protocol.agent.Deed deed) {}

            @Override
            public void deliver(Outcome outcome) {
                delivered.add(outcome);
            }

            @Override
            public void tell(Notice notice) {
                throw new AssertionError("nothing was told");
            }
        };
    }
}
