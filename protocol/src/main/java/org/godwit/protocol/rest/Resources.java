package org.godwit.protocol.rest;

import java.util.List;

/**
 * The resources of the REST API, as they are written and read.
 *
 * The paths and what each of them takes and answers: {@code openapi.yaml} of mcs-server, served at {@code /v1/docs}.
 *
 * <p>Lists are wrapped: {@code {"items": [...]}}. Errors are RFC 9457 problem details ({@link Problem}).
 */
public final class Resources {

    private Resources() {}

    public record Items<T>(List<T> items) {
        public Items {
            items = List.copyOf(items);
        }
    }

    public record Site(String name) {}

    /** @param mac what neighbour discovery answers for the gateway on its link */
    public record Gateway(String site, String linkLocal, String mac, String prefix) {}

    public record NewHost(String name, String site) {}

    /** @param connected whether its agent has a session now */
    public record Host(String name, String site, boolean connected, String libvirtUri) {}

    /** @param token with which its agent gets a certificate, once, until {@code expiresAt}; a secret */
    public record HostEnrolment(String name, String site, String token, String expiresAt) {}

    /** @param days how long the token is good, 1 to 366; null for 90 */
    public record NewToken(String name, String role, Integer days) {}

    /** An operator's. @param role viewer, operator or admin; {@code state} good, expired or revoked */
    public record Token(String name, String role, String createdAt, String expiresAt, String state) {}

    /** @param token for the header Authorization: Bearer; a secret */
    public record IssuedToken(String name, String role, String expiresAt, String token) {}

    /** @param certificate of the server's own authority, in PEM */
    public record Authority(String fingerprint, String certificate) {}

    /** @param address where it is administered; {@code publicKey} a SubjectPublicKeyInfo on P-256, in Base64 */
    public record NewMappingServer(String address, String publicKey) {}

    /** @param chain its certificate and the authority's, in PEM */
    public record MappingServerCertificate(String address, String expiresAt, String chain) {}

    /**
     * One thing that somebody did, or was refused.
     *
     * @param actor operator:NAME, host:NAME, mcs-server or nobody
     * @param origin the address that it came from; - for none
     * @param hash and {@code signature}: see {@link org.godwit.protocol.identity.AuditChain}
     */
    public record AuditEntry(long number, String at, String actor, String origin, String action, String outcome,
            String hash, String signature) {}

    /** The newest entry, as the server remembers it apart from the others. */
    public record AuditHead(long number, String hash, String signature) {}

    /** @param domain libvirt's name of the domain; null when it is equal to {@code name} */
    public record NewVm(String name, String domain, String hoa, String host) {}

    /**
     * @param moa the active MoA
     * @param migration the running migration or null
     */
    public record Vm(String name, String domain, String uuid, String hoa, String host, String moa, String migration) {}

    /** @param moa where it is now; null when it registers itself */
    public record NewPeer(String name, String hoa, String moa) {}

    /** A correspondent that is MAT-capable and not one of our VMs. */
    public record Peer(String name, String hoa, String moa) {}

    /** @param key the key that the peer shares with the mapping server, in hexadecimal; a secret */
    public record PeerEnrolment(String name, String hoa, String key) {}

    /** @param state active, staged or retired */
    public record Binding(String hoa, String moa, String state, long epoch) {}

    /** In the place of a strategy: whichever is found best. */
    public static final String AUTO = "auto";

    /**
     * @param strategy a word of {@link org.godwit.model.Strategy} or {@value #AUTO}; null for that where there are budgets, else for
     *        pre-copy
     * @param budgets null for none
     * @param copy null for nothing but the strategy
     */
    public record MigrationRequest(String vm, String target, String strategy, BudgetsRequest budgets,
            CopyRequest copy) {}

    /**
     * How memory is to be copied, beside the strategy; null for what nobody asks for.
     *
     * @param compression a word of {@link org.godwit.model.Compression}
     * @param onStall a word of {@link org.godwit.model.StallAction}: what becomes of a pre-copy that will not end, or takes longer than
     *        its budget
     */
    public record CopyRequest(Integer bandwidthMibPerSecond, Integer downtimeLimitMs, Boolean autoConverge,
            Integer parallelConnections, String compression, String onStall) {}

    /** What came of a {@link CopyRequest}: null for what nobody asked for. */
    public record CopyOptions(Integer bandwidthMibPerSecond, Integer downtimeLimitMs, boolean autoConverge,
            Integer parallelConnections, String compression, String onStall) {}

    /** What a copy may cost, by its forecast; null for no limit, else above zero. @param timeMaxMs of the copy alone */
    public record BudgetsRequest(Double timeMaxMs, Double downtimeMaxMs, Long bytesMax) {}

    /**
     * @param strategy a word of {@link org.godwit.model.Strategy}; null from a server of an earlier version
     * @param phase a {@link org.godwit.model.MigrationPhase}
     * @param outcome running; or, when it has ended: completed, rehearsed (all but the copy was done, and undone), refused
     *        (nothing was changed), rolled_back (the VM is safe at the source), uncertain (both hypervisors are being asked, a post-copy that broke is taken up again, or a
     *        phase lasts longer than it should; it goes on all the same), lost (both say that the VM runs nowhere)
     * @param failure null unless refused, rolled back, uncertain or lost, or while a step after the switchover is tried again
     * @param turn null unless it waits for its turn
     * @param progress null until the copy begins
     * @param vmDowntimeMs vCPUs stopped, as the hypervisor reports it; null until known
     * @param outageMs network outage by direction; null unless an outage meter measured it
     * @param tAllMs from the request to SETTLED, ABORTED or LOST; null while running
     * @param findings of the checks before it, and of a rehearsal
     */
    public record Migration(String id, String vm, String source, String target, String strategy, long epoch,
            String phase, String outcome,
            Failure failure, Turn turn, Progress progress, String createdAt, Double vmDowntimeMs, Directions outageMs,
            Directions lost, Tcp tcp, Double tAllMs, List<Phase> phases, List<Finding> findings) {
        public Migration {
            phases = List.copyOf(phases);
            // A server of an earlier version says nothing of them.
            findings = findings == null ? List.of() : List.copyOf(findings);
        }
    }

    /** @param position among the migrations that wait, from 1; reason a sentence on what for */
    public record Turn(int position, String reason) {}

    /** @param code a word for programs, such as address_in_use; message a sentence for people: what is wrong, what to do */
    public record Failure(String code, String message) {}

    /**
     * How far a copy is: of disks first, then of the memory.
     *
     * @param iteration 0 of disks
     * @param bytesCompared of disks: what the target has read again; null of memory, and where the host's agent does not tell
     */
    public record Progress(long bytesTotal, long bytesProcessed, long bytesRemaining, int iteration,
            Long bytesCompared) {}

    /**
     * Something that speaks against a migration.
     *
     * @param check a word for programs: docs/prechecks.md lists them
     * @param severity error: the migration does not begin; warning: it does
     * @param problem a sentence: what is wrong
     * @param remedy a sentence: what to do about it
     */
    public record Finding(String check, String severity, String problem, String remedy) {}

    /**
     * What a migration would do: the answer to a dry run.
     *
     * @param strategy that would be taken
     * @param steps in their order, when nothing goes wrong
     * @param forecast of this strategy
     * @param options all strategies, the most careful first; none when too little is known
     * @param choice a sentence: why this strategy, or why none will do
     */
    public record MigrationPlan(String vm, String source, String target, String strategy, boolean wouldGo,
            List<Finding> findings, List<Step> steps, Forecast forecast, List<Option> options, String choice) {
        public MigrationPlan {
            findings = List.copyOf(findings);
            steps = List.copyOf(steps);
            // A server of an earlier version says nothing of them.
            options = options == null ? List.of() : List.copyOf(options);
        }
    }

    /**
     * What a strategy would cost.
     *
     * @param tAllMs from the request to the end; null where nobody has seen what is around a copy, and from a server of an earlier
     *        version
     * @param copyMs null, as the others, when it would not end
     * @param outageMs T_DW: for how long the network would miss the VM; null from a server of an earlier version, too
     * @param pageFaults for which the VM would wait at the target
     * @param against sentences: why it will not do
     */
    public record Option(String strategy, Range tAllMs, Range copyMs, Range vmDowntimeMs, Range outageMs, Range bytes,
            Range pageFaults,
            List<String> against) {
        public Option {
            against = List.copyOf(against);
        }
    }

    /** @param where a host, "mapping server" or "inventory" */
    public record Step(String phase, String where, String what) {}

    /**
     * @param copyMs of the memory alone; null, as the others, when too little is known or the copy would not end
     * @param inputs what the models were told; null when too little is known, and from a server of an earlier version
     * @param disks that travel before the memory; null when none do, and from a server of an earlier version
     * @param restsOn sentences: where the figures come from, or why there are none
     */
    public record Forecast(Range copyMs, Range vmDowntimeMs, Range bytes, Inputs inputs, DiskForecast disks,
            List<String> restsOn) {
        public Forecast {
            restsOn = List.copyOf(restsOn);
        }
    }

    /**
     * @param memoryBytes that have to travel
     * @param dirtyBytesPerSecond that the VM writes; 0 when it was not asked
     * @param bytesPerSecond that the way between the two hosts takes
     * @param downtimeMaxMs that the VM may stand still at the end of a pre-copy
     */
    public record Inputs(double memoryBytes, double dirtyBytesPerSecond, double bytesPerSecond,
            double downtimeMaxMs) {}

    /** @param high null when there may be no end */
    public record Range(double low, double likely, Double high) {}

    public record Directions(double vmToPeer, double peerToVm) {}

    public record Tcp(boolean survived, double stallMs) {}

    /** @param startMs since the request; durationMs null while the phase lasts */
    public record Phase(String phase, double startMs, Double durationMs) {}

    /**
     * Where the time of a migration went, and why.
     *
     * @param copy null from a server of an earlier version
     * @param queuedMs from the request until it was its turn; null while it waits
     * @param preparationMs from the request to the beginning of the copy
     * @param copyMs of the copy, as the hypervisor reports it; so are downtime, pages, bytes and iterations
     * @param vmDowntimeBy who tells the downtime: hypervisors; agents (of a post-copy: by the words of both hosts' agents, by the
     *        control server's clock); source (of a post-copy whose agents were not heard: until the target was told to let the VM
     *        run); server (of a cold migration: until the guest was back); null as the downtime, and from a server of an
     *        earlier version
     * @param outageMs null unless it has settled
     * @param resumeMs from the VM's landing to the end: guest, mapping server and peers brought up to date
     * @param pagesTransferred of which {@code pagesConstant} were all zeros, so that only this was said of them
     * @param pagesDirty that were sent again, since the VM had written them meanwhile
     * @param throttlePercent how much of its time auto-converge had taken from the VM at last
     * @param bytesTransferred of memory, on the wire
     * @param bytesPerSecond while the hypervisor sent, which is not all of the copy
     * @param postCopyRequests pages that the VM waited for at the target
     * @param forecast what was forecast before it began, to be held against the rest; null when it could not be
     */
    public record Report(String id, String vm, String source, String target, String strategy, CopyOptions copy,
            String phase, String outcome,
            String createdAt, Diagnosis failure, Double queuedMs, Double preparationMs, Double copyMs,
            Double vmDowntimeMs, String vmDowntimeBy, Outage outageMs,
            Double resumeMs, Long pagesTransferred, Long pagesConstant, Long pagesDirty, Integer throttlePercent,
            Long bytesTransferred, Long bytesPerSecond, Integer iterations,
            Long postCopyRequests, Double tAllMs, List<ReportPhase> phases, List<ReportDeed> alone, Option forecast,
            ReportDisks disks) {
        public Report {
            phases = List.copyOf(phases);
            // A server of an earlier version says nothing of them.
            alone = alone == null ? List.of() : List.copyOf(alone);
        }
    }

    /**
     * T_DW: the downtime, and the silence around it of which the VM has told. Its word: the form is checked, the truth is not.
     *
     * @param vmToPeer no less than it was; null when the VM did not send both before and after
     * @param peerToVm null when nothing came both before and after
     */
    public record Outage(Double vmToPeer, Double peerToVm) {}

    /**
     * What became of disks that travelled with a VM, before its memory did or while it was off. What is not known is null.
     *
     * @param totalMs until all was there but what the VM wrote to then
     * @param bytes on the wire
     * @param layers of what the VM had written meanwhile, sent after the images
     * @param lastWrites how what it wrote from then on was sent: at-once or later; null of a VM that was off
     * @param reason why so: a sentence; null of a VM that was off
     */
    public record ReportDisks(Double totalMs, Long bytes, Integer layers, String lastWrites, String reason,
            DiskForecast forecast) {}

    /** Of disks that travel with a VM, before its memory does. */
    public record DiskForecast(Range totalMs, Range bytes) {}

    /**
     * What a host's agent did while no control server commanded it.
     *
     * @param startMs since the request, by the host's clock
     * @param message a sentence
     */
    public record ReportDeed(String host, double startMs, String deed, String message) {}

    /** A {@link Failure} and what to do about it. */
    public record Diagnosis(String code, String message, String remedy) {}

    /** @param reason why it was entered */
    public record ReportPhase(String phase, double startMs, Double durationMs, String reason, List<ReportStep> steps) {
        public ReportPhase {
            steps = List.copyOf(steps);
        }
    }

    /**
     * Something that was done, or asked of an agent.
     *
     * @param durationMs null while it is under way, and for what nobody waited for any more
     * @param message what went wrong; null when it went well
     */
    public record ReportStep(String effect, double startMs, Double durationMs, String message) {}

    /**
     * Something that has happened.
     *
     * @param number grows; a stream goes on after it
     * @param subject the name of a resource, or the id of a migration
     */
    public record Event(long number, String at, String kind, String subject, String vm, String phase,
            String message) {}

    /** RFC 9457. {@code field} names the part of the request that is wrong; null when it is none of it. */
    public record Problem(String type, String title, int status, String detail, String field) {}
}
