package org.godwit.host.hypervisor;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.godwit.host.hypervisor.LibvirtConnection.RawState;
import org.godwit.model.CopyOptions;
import org.godwit.model.DowntimeLadder;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainBlockJobInfo;
import org.libvirt.DomainBlockStats;
import org.libvirt.DomainJobStats;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.TypedParameter;
import org.libvirt.TypedStringParameter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hypervisor behind a libvirt daemon.
 *
 * <p>Calls block in native code, which would pin the carrier of a virtual thread, and libvirt keeps its last error per
 * thread: so they run on platform threads, a few for questions and one for each copy. A connection that broke is replaced by
 * the next call.
 */
public final class LibvirtHypervisor implements Hypervisor, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LibvirtHypervisor.class);

    private static final int QUESTIONS_MAX = 4;
    private static final Duration ANSWER_TIME_MAX = Duration.ofSeconds(15);
    private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(200);
    private static final Duration RECONNECT_INTERVAL = Duration.ofSeconds(2);
    private static final Duration COMPLETION_EVENT_TIME_MAX = Duration.ofSeconds(2);

    /** VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT. */
    private static final int ACTIVE_COMMIT = 4;

    /** VIR_DOMAIN_MEMORY_STAT_RSS, in KiB. */
    private static final int RESIDENT_MEMORY = 7;
    private static final int MEMORY_STATISTICS_MAX = 16;

    /** VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT. */
    private static final int ABORT_AND_PIVOT = 1 << 1;

    private final String uri;
    private final Transport transport;
    private final String reachableBridge;
    private final MigrationEvents events;
    private final ExecutorService questions = Executors.newFixedThreadPool(QUESTIONS_MAX, daemons("libvirt-"));
    /** Without a limit: a call that hangs must not keep other copies waiting. */
    private final ExecutorService copies = Executors.newCachedThreadPool(daemons("libvirt-copy-"));
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(daemons("libvirt-clock-"));
    private final ConcurrentMap<UUID, RunningCopy> running = new ConcurrentHashMap<>();
    private final Set<UUID> held = ConcurrentHashMap.newKeySet();
    private LibvirtConnection connection;

    /** What is known of a copy between its start and its end. */
    private static final class RunningCopy {
        private final CompletableFuture<JobNumbers> numbers = new CompletableFuture<>();
        private final CompletableFuture<CopyEnd> broken = new CompletableFuture<>();
        private volatile boolean cancelAsked;
        private volatile boolean paused;
        private final CopyWatch watch;
        private final Strategy strategy;
        private final DowntimeLadder ladder;
        private volatile boolean postCopyBegun;
        private volatile boolean suspended;
        /** It failed, and where the domain is is being found out. */
        private boolean over;
        // Of the clock's thread only.
        private final BreakWatch breaks;
        private Duration downtimeMax = CopyOutlook.HELD;
        private Duration sinceProgress = Duration.ZERO;

        private RunningCopy(CopyWatch watch, Strategy strategy, DowntimeLadder ladder) {
            this(watch, strategy, ladder, BreakWatch.ofCopy());
        }

        private RunningCopy(CopyWatch watch, Strategy strategy, DowntimeLadder ladder, BreakWatch breaks) {
            this.watch = watch;
            this.strategy = strategy;
            this.ladder = ladder;
            this.breaks = breaks;
        }

        /** One that was begun before, and goes on. */
        private static RunningCopy ofPostCopy(CopyWatch watch) {
            RunningCopy copy = new RunningCopy(watch, Strategy.POST_COPY, DowntimeLadder.STANDARD,
                    BreakWatch.ofRecovery());
            copy.postCopyBegun = true;
            return copy;
        }
    }

    /**
     * @param uri of the local daemon, for example {@code qemu:///system}
     * @param transport of every migration from here
     * @param reachableBridge the interface on it is the domain's primary
     */
    public LibvirtHypervisor(String uri, Transport transport, String reachableBridge, MigrationEvents events) {
        this.uri = uri;
        this.transport = requireNonNull(transport, "transport is null");
        this.reachableBridge = reachableBridge;
        this.events = events;
        EventLoop.ensureRunning();
    }

    /**
     * Connects, and connects anew whenever the daemon has been away: events come only while connected. Returns at once.
     */
    public void stayConnected() {
        clock.scheduleWithFixedDelay(() -> {
            try {
                connected();
            } catch (LibvirtException e) {
                LOG.warn("libvirt at {} cannot be reached: {}", uri, e.getMessage());
            }
        }, 0, RECONNECT_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public Optional<DomainSnapshot> find(UUID uuid) {
        return ask("find " + uuid, () -> withDomain(uuid, this::snapshot).flatMap(found -> found));
    }

    @Override
    public Optional<DomainSnapshot> find(String name) {
        return ask("find " + name, () -> {
            Domain domain;
            try {
                domain = connected().domainLookupByName(name);
            } catch (LibvirtException e) {
                return absent(e);
            }
            return freeing(domain, this::snapshot);
        });
    }

    @Override
    public Presence presence(UUID uuid) {
        return ask("look for " + uuid, () -> withDomain(uuid, domain -> {
            DomainSnapshot.State state = DomainStates.state(connected().state(uuid).state());
            if (state == DomainSnapshot.State.SHUTOFF) {
                return Presence.ABSENT;
            }
            return jobRuns(domain)
                    ? Presence.BEING_COPIED
                    : state == DomainSnapshot.State.RUNNING ? Presence.RUNNING : Presence.PAUSED;
        }).orElse(Presence.ABSENT));
    }

    @Override
    public CopyEnd copy(UUID uuid, CopyOrder order, CopyWatch watch) {
        return await(uuid, new RunningCopy(watch, order.strategy(), order.options().downtime()),
                (domain, copy) -> watch.isCalledOff()
                        ? new CopyEnd.Failed(true, "cancelled before it began")
                        : copy(uuid, domain, order, copy));
    }

    @Override
    public boolean forceCopy(UUID uuid, StallAction by) {
        RunningCopy copy = running.get(uuid);
        return copy != null && ask("make the copy of " + uuid + " end", () -> withDomain(uuid, domain -> {
            switch (by) {
                case POST_COPY -> {
                    goOnAsPostCopy(uuid, copy);
                    if (!copy.postCopyBegun) {
                        throw new HypervisorException("libvirt does not let it go on as post-copy");
                    }
                }
                case SUSPEND -> standStill(uuid, domain, copy);
                case ABORT -> throw new IllegalArgumentException("what is aborted is not made to end");
            }
            return true;
        }).orElse(false));
    }

    @Override
    public CopyEnd recover(UUID uuid, String targetUri, CopyWatch watch) {
        RawState now = ask("look for " + uuid, () -> connected().state(uuid));
        if (!DomainStates.isBrokenPostCopy(now.state(), now.reason())) {
            throw new HypervisorException("no post-copy of the domain broke here: it is "
                    + DomainStates.state(now.state()) + " (" + DomainStates.reason(now.state(), now.reason()) + ")");
        }
        requireTransport(targetUri);
        // With a name that changes nothing: libvirt-java cannot pass on an empty list.
        return await(uuid, RunningCopy.ofPostCopy(watch), (domain, copy) -> migrate(uuid, copy, () -> domain
                .migrateToURI(targetUri, resumption(domain, targetUri),
                        flags(domain, Strategy.POST_COPY, CopyOptions.STANDARD)
                                | Domain.MigrateFlags.POSTCOPY_RESUME)));
    }

    /** Does something with a domain that lasts, and tells meanwhile how it goes. Does not wait for a call that hangs. */
    private CopyEnd await(UUID uuid, RunningCopy copy, CopyCall call) {
        if (running.putIfAbsent(uuid, copy) != null) {
            return new CopyEnd.Unknown("another copy of this domain runs already");
        }
        lookAfter(CopyOutlook.LOOK_MAX, uuid, copy);
        try {
            return CompletableFuture.supplyAsync(() -> perform(uuid, copy, call), copies)
                    .applyToEither(copy.broken, Function.identity()).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CopyEnd.Unknown("the agent was stopped while the copy ran");
        } catch (ExecutionException e) {
            LOG.warn("vm={} copy ended by an error of the agent", uuid, e.getCause());
            return new CopyEnd.Unknown("the agent lost sight of the copy: " + e.getCause().getMessage());
        } finally {
            running.remove(uuid, copy);
        }
    }

    @Override
    public void redirect(UUID uuid, Map<String, Path> overlays) {
        ask("let " + uuid + " write to other images", () -> withDomain(uuid, domain -> {
            List<String> disks = DomainXml.parse(domain.getXMLDesc(0)).diskTargets();
            domain.snapshotCreateXML(SnapshotXml.of(disks, overlays), Domain.SnapshotCreateFlags.DISK_ONLY
                    | Domain.SnapshotCreateFlags.NO_METADATA | Domain.SnapshotCreateFlags.ATOMIC
                    | Domain.SnapshotCreateFlags.REUSE_EXT);
            return true;
        }).orElseThrow(() -> new HypervisorException("the domain is not on this host")));
    }

    @Override
    public Activity activity(UUID uuid, Set<String> disks) {
        return ask("tell what " + uuid + " has written", () -> withDomain(uuid, domain -> {
            long writes = 0;
            long bytes = 0;
            for (String disk : disks) {
                DomainBlockStats stats = domain.blockStats(disk);
                writes += stats.wr_req;
                bytes += stats.wr_bytes;
            }
            return new Activity(writes, bytes, residentBytes(domain));
        }).orElseThrow(() -> new HypervisorException("the domain is not on this host")));
    }

    /** At most what the domain may have. Huge pages count as no process's (proc(5), VmRSS): then all of it. */
    private static long residentBytes(Domain domain) throws LibvirtException {
        long kibibytesMax = domain.getMaxMemory();
        if (DomainXml.parse(domain.getXMLDesc(0)).isInHugePages()) {
            return 1024 * kibibytesMax;
        }
        return 1024 * Arrays.stream(domain.memoryStats(MEMORY_STATISTICS_MAX))
                .filter(one -> one.getTag() == RESIDENT_MEMORY).mapToLong(one -> Math.min(one.getValue(), kibibytesMax))
                .findFirst().orElse(kibibytesMax);
    }

    @Override
    public void commit(UUID uuid, String disk, Path image) {
        String what = "put the images of " + disk + " of " + uuid + " together";
        answer(what, copies.submit(() -> {
            Connect own = LibvirtConnection.plain(uri);
            try {
                return freeing(own.domainLookupByUUID(uuid), domain -> commit(domain, disk, image));
            } finally {
                own.close();
            }
        }), Future::get);
    }

    private static boolean commit(Domain domain, String disk, Path image) throws LibvirtException {
        if (!commitRuns(domain, disk)) {
            domain.blockCommit(disk, image.toString(), null, 0, Domain.BlockCommitFlags.ACTIVE);
        }
        while (commitRuns(domain, disk)) {
            DomainBlockJobInfo job = domain.getBlockJobInfo(disk, 0);
            // Then both images have the same, and what is written goes to both.
            if (job.end > 0 && job.cur == job.end) {
                domain.blockJobAbort(disk, ABORT_AND_PIVOT);
                return true;
            }
            LockSupport.parkNanos(CopyOutlook.LOOK_MAX.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new HypervisorException("stopped while the images were put together: libvirt goes on");
            }
        }
        throw new HypervisorException("libvirt gave up putting the images together: its log says why");
    }

    private static boolean commitRuns(Domain domain, String disk) throws LibvirtException {
        DomainBlockJobInfo job = domain.getBlockJobInfo(disk, 0);
        return job != null && job.type == ACTIVE_COMMIT;
    }

    @Override
    public void cancelCopy(UUID uuid) {
        Optional<RunningCopy> own = Optional.ofNullable(running.get(uuid));
        own.ifPresent(copy -> copy.cancelAsked = true);
        ask("cancel the copy of " + uuid, () -> withDomain(uuid, domain -> {
            // One that an earlier agent process began goes on in the daemon.
            if (own.isPresent() || jobRuns(domain)) {
                domain.abortJob();
            }
            return true;
        }));
    }

    @Override
    public void resume(UUID uuid) {
        ask("resume " + uuid, () -> withDomain(uuid, domain -> {
            if (isRemains(uuid, domain)) {
                domain.resume();
                held.remove(uuid);
            }
            RawState now = connected().state(uuid);
            if (DomainStates.state(now.state()) != DomainSnapshot.State.RUNNING) {
                throw new HypervisorException("the domain is " + DomainStates.state(now.state()) + " ("
                        + DomainStates.reason(now.state(), now.reason())
                        + "), and no migration has left it so: resume it by hand");
            }
            return true;
        }).orElseThrow(() -> new HypervisorException("the domain is not on this host")));
    }

    @Override
    public void discardRemains(UUID uuid) {
        ask("discard what is left of " + uuid, () -> withDomain(uuid, domain -> {
            if (isRemains(uuid, domain)) {
                LOG.warn("vm={} a migration has left the domain here, paused, though it runs elsewhere: it is ended",
                        uuid);
                end(domain, LibvirtPower.KEEP_NVRAM);
                held.remove(uuid);
            }
            return true;
        }));
    }

    /**
     * The definition first: where libvirt does not let it go, or a crash comes, the remains are still seen as such the next time.
     *
     * @param flags of virDomainUndefineFlags
     */
    static void end(Domain domain, int flags) throws LibvirtException {
        if (domain.isPersistent() == 1) {
            domain.undefine(flags);
        }
        domain.destroy();
    }

    /** The daemon kills a QEMU that hangs before it waits for what it does with it. */
    @Override
    public void abandon(UUID uuid) {
        ask("end the half of " + uuid, () -> withDomain(uuid, domain -> {
            RawState now = connected().state(uuid);
            if (DomainStates.isHalf(now.state(), now.reason())) {
                LOG.warn("vm={} its post-copy broke, and it is given up: the half that is here is ended", uuid);
                domain.destroy();
            }
            return true;
        }));
    }

    private boolean isRemains(UUID uuid, Domain domain) throws LibvirtException {
        RawState now = connected().state(uuid);
        boolean isHeld = held.contains(uuid) && DomainStates.state(now.state()) == DomainSnapshot.State.PAUSED;
        if (!isHeld && !DomainStates.isLeftByMigration(now.state(), now.reason())) {
            return false;
        }
        if (jobRuns(domain)) {
            throw new HypervisorException("the domain is still being migrated");
        }
        return true;
    }

    /** Stops waiting; a copy that runs goes on in the daemon. */
    @Override
    public void close() {
        clock.shutdownNow();
        questions.shutdownNow();
        copies.shutdownNow();
    }

    /**
     * On a connection of its own: this call lasts as long as the copy, and libvirt's client (9.0) often does not send another
     * thread's call before something comes in for the one that waits.
     */
    private CopyEnd perform(UUID uuid, RunningCopy copy, CopyCall call) {
        try {
            Connect own = LibvirtConnection.plain(uri);
            try {
                return freeing(own.domainLookupByUUID(uuid), domain -> call.on(domain, copy));
            } finally {
                own.close();
            }
        } catch (LibvirtException e) {
            return new CopyEnd.Unknown("libvirt: " + e.getMessage());
        }
    }

    private CopyEnd copy(UUID uuid, Domain domain, CopyOrder order, RunningCopy copy) throws LibvirtException {
        RawState before = connected().state(uuid);
        if (DomainStates.state(before.state()) != DomainSnapshot.State.RUNNING || jobRuns(domain)) {
            return new CopyEnd.Unknown("the domain does not run here free of other jobs: "
                    + DomainStates.state(before.state()) + " (" + DomainStates.reason(before.state(), before.reason())
                    + ")");
        }
        return migrate(uuid, copy, () -> {
            requireTransport(order.targetUri());
            domain.migrateSetMaxDowntime(CopyOutlook.HELD.toMillis());
            domain.migrateToURI(order.targetUri(), parameters(domain, order),
                    flags(domain, order.strategy(), order.options()) | diskFlags(order));
        });
    }

    private CopyEnd migrate(UUID uuid, RunningCopy copy, Migration migration) {
        try {
            migration.run();
            return new CopyEnd.Copied(statistics(copy));
        } catch (LibvirtException e) {
            return afterError(uuid, e, copy);
        } catch (HypervisorException e) {
            return new CopyEnd.Failed(false, e.getMessage());
        }
    }

    /** A target that asks for less than this host is to give does not get it. */
    private void requireTransport(String targetUri) {
        try {
            transport.check(targetUri);
        } catch (IllegalArgumentException e) {
            throw new HypervisorException("the target's libvirt-uri " + e.getMessage(), e);
        }
    }

    private TypedParameter[] parameters(Domain domain, CopyOrder order) throws LibvirtException {
        List<TypedParameter> parameters = new ArrayList<>();
        parameters.add(new TypedStringParameter("destination_xml",
                target(domain, Domain.XMLFlags.MIGRATABLE | Domain.XMLFlags.SECURE, order)));
        // The memory goes where the URI leads, which is what certificates are for, and not to whatever name libvirt finds there.
        migrationUri(order.targetUri()).ifPresent(it -> parameters.add(new TypedStringParameter("migrate_uri", it)));
        order.disks().keySet().forEach(disk -> parameters.add(new TypedStringParameter("migrate_disks", disk)));
        if (domain.isPersistent() == 1) {
            parameters.add(new TypedStringParameter("persistent_xml", target(domain,
                    Domain.XMLFlags.MIGRATABLE | Domain.XMLFlags.SECURE | Domain.XMLFlags.INACTIVE, order)));
        }
        parameters.addAll(MigrationParameters.of(order.options()));
        return parameters.toArray(TypedParameter[]::new);
    }

    private static TypedParameter[] resumption(Domain domain, String targetUri) throws LibvirtException {
        TypedParameter name = new TypedStringParameter("destination_name", domain.getName());
        return migrationUri(targetUri)
                .map(it -> new TypedParameter[]{name, new TypedStringParameter("migrate_uri", it) })
                .orElseGet(() -> new TypedParameter[]{name });
    }

    /** Without a port: libvirt takes a free one. */
    private static Optional<String> migrationUri(String targetUri) {
        return Optional.ofNullable(URI.create(targetUri).getHost()).map(host -> "tcp://" + host);
    }

    private String target(Domain domain, int xmlFlags, CopyOrder order) throws LibvirtException {
        return DomainXml.parse(domain.getXMLDesc(xmlFlags)).forTarget(reachableBridge, order);
    }

    /** Sent at once, writes need libvirt 8.0. */
    private static int diskFlags(CopyOrder order) {
        return order.disks().isEmpty()
                ? 0
                : Domain.MigrateFlags.NON_SHARED_INC
                        | (order.writesAreSentAtOnce() ? Domain.MigrateFlags.NON_SHARED_SYNCHRONOUS_WRITES : 0);
    }

    /** A persistent domain's definition moves with it: two hosts must not both be able to start it. */
    private int flags(Domain domain, Strategy strategy, CopyOptions options) throws LibvirtException {
        int flags = Domain.MigrateFlags.LIVE | Domain.MigrateFlags.PEER2PEER
                | MigrationParameters.flags(strategy, options)
                | (transport == Transport.TLS ? Domain.MigrateFlags.TLS : 0);
        return domain.isPersistent() == 0
                ? flags
                : flags | Domain.MigrateFlags.PERSIST_DEST | Domain.MigrateFlags.UNDEFINE_SOURCE;
    }

    /** The numbers come with an event: the domain may already be gone here when the call returns. */
    private static CopyStatistics statistics(RunningCopy copy) {
        try {
            return copy.numbers.get(COMPLETION_EVENT_TIME_MAX.toMillis(), TimeUnit.MILLISECONDS)
                    .statistics(copy.postCopyBegun);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CopyStatistics.untold(copy.postCopyBegun);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("libvirt did not tell the numbers of a completed copy");
            return CopyStatistics.untold(copy.postCopyBegun);
        }
    }

    /** Only a domain that is seen running here, with no migration left, has certainly stayed. */
    private CopyEnd afterError(UUID uuid, LibvirtException error, RunningCopy copy) {
        String message = error.getMessage() == null ? error.getError().getMessage() : error.getMessage();
        synchronized (copy) {
            copy.over = true;
        }
        try {
            return this.<CopyEnd>withDomain(uuid, domain -> {
                RawState now = connected().state(uuid);
                if (DomainStates.isBrokenPostCopy(now.state(), now.reason())) {
                    return new CopyEnd.Broken(message);
                }
                boolean aborted = error.getError().getCode() == ErrorNumber.VIR_ERR_OPERATION_ABORTED;
                if (DomainStates.state(now.state()) != DomainSnapshot.State.RUNNING || jobRuns(domain)) {
                    return new CopyEnd.Unknown(message);
                }
                return targetMayRunIt(copy, now, aborted)
                        ? held(uuid, domain, message)
                        : new CopyEnd.Failed(copy.cancelAsked || aborted, message);
            }).orElseGet(() -> new CopyEnd.Unknown(message));
        } catch (LibvirtException | HypervisorException e) {
            return new CopyEnd.Unknown(message + "; then, asked where the domain is: " + e.getMessage());
        }
    }

    /**
     * Of a domain that was paused, and runs here again. One that stood still for all of its copy may have been called back: of an
     * aborted copy the target lacks memory, and was told to give up.
     */
    private static boolean targetMayRunIt(RunningCopy copy, RawState now, boolean aborted) {
        return (copy.paused || DomainStates.isPutBack(now.state(), now.reason())) && !(copy.suspended && aborted);
    }

    /**
     * libvirt also lets a domain run here again when it was only the target's answer that got lost: then it runs there, too, on the
     * same disks (the comment on Finish3 in libvirt's qemu_migration.c says so). So it stands still until the target was asked,
     * and {@link #resume} or {@link #discardRemains} follows.
     */
    private CopyEnd held(UUID uuid, Domain domain, String message) throws LibvirtException {
        held.add(uuid);
        domain.suspend();
        LOG.warn(
                "vm={} its copy failed after it had been paused, and libvirt let it run here again: it is held until the"
                        + " target was asked whether it runs there: {}",
                uuid, message);
        return new CopyEnd.Unknown(message + "; the VM is held here until the target was asked whether it runs there");
    }

    private static boolean jobRuns(Domain domain) throws LibvirtException {
        return domain.getJobInfo().getType() != 0;
    }

    private void lookAfter(Duration wait, UUID uuid, RunningCopy copy) {
        clock.schedule(() -> {
            copy.sinceProgress = copy.sinceProgress.plus(wait);
            if (copy.postCopyBegun) {
                lookForBreak(wait, uuid, copy);
            }
            Duration next = look(uuid, copy);
            if (running.get(uuid) == copy) {
                lookAfter(next, uuid, copy);
            }
        }, wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** @return when to look again */
    private Duration look(UUID uuid, RunningCopy copy) {
        try {
            return withDomain(uuid, domain -> {
                DomainJobStats job = domain.getJobStats(0);
                JobNumbers numbers = JobNumbers.of(job.stats);
                // While the target is being prepared the job has no numbers yet.
                if (numbers.progress().bytesTotal() == 0) {
                    return CopyOutlook.LOOK_MIN;
                }
                CopyOutlook outlook = numbers.outlook(copy.ladder);
                switch (copy.strategy) {
                    case PRE_COPY -> approach(domain, copy, outlook);
                    case POST_COPY -> goOnAsPostCopy(uuid, copy);
                    case SUSPENDED -> standStill(uuid, domain, copy);
                    case COLD -> throw new IllegalStateException("nothing is copied of a VM that is shut down");
                    case HYBRID_COPY -> {
                        if (outlook.firstPassIsOver()) {
                            goOnAsPostCopy(uuid, copy);
                        }
                    }
                }
                if (copy.sinceProgress.compareTo(PROGRESS_INTERVAL) >= 0) {
                    copy.sinceProgress = Duration.ZERO;
                    copy.watch.progress(numbers.progress());
                }
                return outlook.lookAgainAfter();
            }).orElse(CopyOutlook.LOOK_MAX);
        } catch (LibvirtException | RuntimeException e) {
            // The job or the domain has just ended: the copy itself tells how.
            LOG.debug("vm={} no progress to tell: {}", uuid, e.getMessage());
            return CopyOutlook.LOOK_MAX;
        }
    }

    /**
     * The call that copies hangs when the post-copy breaks while QEMU at the target waits for a page in its main thread: the daemon
     * there waits for QEMU, and the one here for that daemon. The domain's state here tells all the same.
     */
    private void lookForBreak(Duration sinceLast, UUID uuid, RunningCopy copy) {
        try {
            RawState now = connected().state(uuid);
            if (copy.breaks.lasts(DomainStates.isBrokenPostCopy(now.state(), now.reason()), sinceLast)
                    && copy.broken
                            .complete(new CopyEnd.Broken("the post-copy broke, and libvirt waits for the target"))) {
                LOG.warn("vm={} its post-copy broke, and libvirt's call does not end: it is left to itself", uuid);
            }
        } catch (LibvirtException | HypervisorException e) {
            LOG.debug("vm={} whether its post-copy broke is not known: {}", uuid, e.getMessage());
        }
    }

    /** From here on the domain may run at the target at any moment. */
    private void goOnAsPostCopy(UUID uuid, RunningCopy copy) throws LibvirtException {
        copy.watch.pauseIsNear();
        if (!copy.postCopyBegun) {
            copy.postCopyBegun = connected().startPostCopy(uuid);
        }
    }

    /**
     * Paused while it is migrated, and running when the migration began, a domain is resumed by libvirt itself: at the target, or here
     * when the migration fails. Of a pause that comes just after that nobody but us would know, so it is held.
     */
    private void standStill(UUID uuid, Domain domain, RunningCopy copy) throws LibvirtException {
        copy.watch.pauseIsNear();
        synchronized (copy) {
            if (copy.over || copy.suspended
                    || DomainStates.state(connected().state(uuid).state()) != DomainSnapshot.State.RUNNING) {
                return;
            }
            copy.suspended = true;
            domain.suspend();
            RawState now = connected().state(uuid);
            if (DomainStates.state(now.state()) == DomainSnapshot.State.PAUSED
                    && !DomainStates.isLeftByMigration(now.state(), now.reason())) {
                held.add(uuid);
            }
        }
    }

    /** Once it was let go the limit climbs only: QEMU may pause the domain at any moment. */
    private static void approach(Domain domain, RunningCopy copy, CopyOutlook outlook) throws LibvirtException {
        if (copy.postCopyBegun) {
            copy.watch.pauseIsNear();
            return;
        }
        boolean held = copy.downtimeMax.equals(CopyOutlook.HELD) && !outlook.fits();
        if (!held || outlook.pauseMayBeNear()) {
            copy.watch.pauseIsNear();
        }
        Duration limit = copy.ladder.limit(outlook.iteration());
        if (!held && !limit.equals(copy.downtimeMax)) {
            domain.migrateSetMaxDowntime(limit.toMillis());
            copy.downtimeMax = limit;
        }
    }

    private void iterationBegun(UUID uuid) {
        RunningCopy copy = running.get(uuid);
        if (copy != null) {
            clock.execute(() -> look(uuid, copy));
        }
    }

    /** Something done with a domain that lasts. */
    @FunctionalInterface
    private interface CopyCall {
        CopyEnd on(Domain domain, RunningCopy copy) throws LibvirtException;
    }

    /** A migration, in libvirt's words. */
    @FunctionalInterface
    private interface Migration {
        void run() throws LibvirtException;
    }

    /** Something done with a domain, or asked of it. */
    @FunctionalInterface
    private interface DomainCall<T> {
        T on(Domain domain) throws LibvirtException;
    }

    /** Empty when the domain is not here. */
    private <T> Optional<T> withDomain(UUID uuid, DomainCall<T> call) throws LibvirtException {
        Domain domain;
        try {
            domain = connected().domainLookupByUUID(uuid);
        } catch (LibvirtException e) {
            return absent(e);
        }
        return Optional.of(freeing(domain, call));
    }

    private static <T> T freeing(Domain domain, DomainCall<T> call) throws LibvirtException {
        try {
            return call.on(domain);
        } finally {
            domain.free();
        }
    }

    private static <T> Optional<T> absent(LibvirtException e) throws LibvirtException {
        if (e.getError().getCode() == ErrorNumber.VIR_ERR_NO_DOMAIN) {
            return Optional.empty();
        }
        throw e;
    }

    /** Empty when the domain has gone meanwhile. */
    private Optional<DomainSnapshot> snapshot(Domain domain) throws LibvirtException {
        UUID uuid = UUID.fromString(domain.getUUIDString());
        RawState raw = connected().state(uuid);
        if (raw.state() < 0) {
            return Optional.empty();
        }
        // libvirt counts memory in KiB.
        return Optional.of(new DomainSnapshot(uuid, domain.getName(), DomainStates.state(raw.state()),
                DomainStates.reason(raw.state(), raw.reason()), domain.getMaxMemory() * 1024,
                domain.isPersistent() == 1,
                DomainXml.parse(domain.getXMLDesc(0))));
    }

    private synchronized LibvirtConnection connected() throws LibvirtException {
        if (connection == null || !connection.isAlive()) {
            LibvirtConnection broken = connection;
            connection = new LibvirtConnection(uri, new Told(), this::iterationBegun, this::jobCompleted);
            LOG.info("connected to libvirt at {}", uri);
            if (broken != null) {
                broken.close();
            }
        }
        return connection;
    }

    private void jobCompleted(UUID uuid, JobNumbers numbers) {
        RunningCopy copy = running.get(uuid);
        if (copy != null) {
            copy.numbers.complete(numbers);
        }
    }

    /** A domain may be paused before anybody expected it. */
    private final class Told implements MigrationEvents {

        @Override
        public void arriving(UUID uuid) {
            events.arriving(uuid);
        }

        @Override
        public void pausedForSwitchover(UUID uuid) {
            RunningCopy copy = running.get(uuid);
            if (copy != null) {
                copy.paused = true;
                clock.execute(copy.watch::pauseIsNear);
            }
            events.pausedForSwitchover(uuid);
        }

        @Override
        public void resumedAfterSwitchover(UUID uuid) {
            events.resumedAfterSwitchover(uuid);
        }
    }

    private <T> T ask(String what, Callable<T> call) {
        return answer(what, questions.submit(call),
                answer -> answer.get(ANSWER_TIME_MAX.toMillis(), TimeUnit.MILLISECONDS));
    }

    private interface Waiting<T> {
        T until(Future<T> answer) throws InterruptedException, ExecutionException, TimeoutException;
    }

    private <T> T answer(String what, Future<T> answer, Waiting<T> waiting) {
        try {
            return waiting.until(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("stopped while asking libvirt to " + what, e);
        } catch (TimeoutException e) {
            throw new HypervisorException(
                    "libvirt did not " + what + " within " + ANSWER_TIME_MAX.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new HypervisorException("libvirt at " + uri + " could not " + what + ": " + e.getCause().getMessage(),
                    e.getCause());
        }
    }

    private static ThreadFactory daemons(String name) {
        return Thread.ofPlatform().daemon().name(name, 0).factory();
    }

    /** libvirt's event loop: one a process, set up before the first connection. */
    private static final class EventLoop {

        private static final LibvirtCalls.ErrorCallback SILENCE = (_, _) -> {};
        private static boolean running;

        private static synchronized void ensureRunning() {
            if (running) {
                return;
            }
            try {
                // Every error reaches us as an exception; libvirt would print it to our standard error as well.
                LibvirtCalls.LIBVIRT.virSetErrorFunc(null, SILENCE);
                Library.initEventLoop();
            } catch (LibvirtException e) {
                throw new HypervisorException("libvirt's event loop cannot be set up", e);
            }
            Thread.ofPlatform().daemon().name("libvirt-events").start(EventLoop::turn);
            running = true;
        }

        private static void turn() {
            while (true) {
                try {
                    Library.processEvent();
                } catch (LibvirtException | RuntimeException e) {
                    LOG.warn("an event of libvirt could not be handled: {}", e.getMessage());
                }
            }
        }
    }
}
