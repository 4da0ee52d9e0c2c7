package org.godwit.mcs.runner;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Arrays;
import java.util.List;
import org.godwit.mcs.workflow.Effect;
import org.godwit.mcs.workflow.Event;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plans;
import org.godwit.mcs.workflow.Workflow;
import org.godwit.model.MigrationPhase;
import org.godwit.protocol.agent.CopyResult;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.Done;
import org.godwit.protocol.agent.Failure;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.GuestStatus;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.StagedAddress;
import org.godwit.protocol.agent.TargetPrepared;

/** What agents, and guests through them, answer: first byte the effect, second the phase, the rest an outcome. */
public final class OutcomeFuzz {

    private static final List<Effect> EFFECTS = Arrays.stream(Effect.values())
            .filter(effect -> effect.place() == Effect.Place.SOURCE_HOST || effect.place() == Effect.Place.TARGET_HOST)
            .toList();

    private OutcomeFuzz() {}

    static List<byte[]> seeds() {
        Outcome.Builder plain = Outcome.newBuilder().setCommandId("1");
        return List.of(plain.clone().setDone(Done.getDefaultInstance()),
                plain.clone().setDomain(DomainReport.newBuilder().setState(DomainState.DOMAIN_RUNNING).setReason(
                        "booted").setSecondaryMac("52:54:00:00:01:02")),
                plain.clone().setGuest(GuestStatus.newBuilder().setEnrolled(true).setHoa(Plans.HOA.toString())),
                plain.clone().setStagedAddress(StagedAddress.newBuilder().setMoa(Plans.MOA_B.toString()).setLinkLocal(
                        "fe80::5054:ff:fe00:102")),
                plain.clone().setTargetPrepared(TargetPrepared.newBuilder().setLibvirtUri("qemu+tcp://b/system")
                        .setReachableBridge("br-site").setIdleBridge("gw-idle")),
                plain.clone().setCopy(CopyResult.newBuilder().setVmDowntimeMs(50).setTotalMs(900)),
                plain.clone().setFailure(Failure.newBuilder().setCode(FailureCode.GUEST_REFUSED).setMessage("no")))
                .stream().map(outcome -> outcome.build().toByteArray()).flatMap(bytes -> EFFECTS.stream()
                        .map(effect -> seed(EFFECTS.indexOf(effect), bytes)))
                .toList();
    }

    private static byte[] seed(int effect, byte[] outcome) {
        byte[] seed = new byte[outcome.length + 2];
        seed[0] = (byte) effect;
        seed[1] = (byte) effect;
        System.arraycopy(outcome, 0, seed, 2, outcome.length);
        return seed;
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        if (bytes.length < 2) {
            return;
        }
        Outcome outcome;
        try {
            outcome = Outcome.parseFrom(Arrays.copyOfRange(bytes, 2, bytes.length));
        } catch (InvalidProtocolBufferException e) {
            return;
        }
        Effect effect = EFFECTS.get((bytes[0] & 0xff) % EFFECTS.size());
        MigrationPhase phase = MigrationPhase.values()[(bytes[1] & 0xff) % MigrationPhase.values().length];
        MigrationState requested = MigrationState.requested(Plans.fromAToB());
        MigrationState state = new MigrationState(requested.plan(), phase, true, requested.knowledge());
        Event event = AgentAnswers.of(effect, outcome, state);
        AgentAnswers.whereabouts(outcome);
        Workflow.decide(state, event);
    }
}
