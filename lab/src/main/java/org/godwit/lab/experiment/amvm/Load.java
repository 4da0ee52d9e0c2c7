package org.godwit.lab.experiment.amvm;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.godwit.lab.Node;
import org.godwit.lab.Workload;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Processes.Finished;
import org.godwit.model.HomeAddress;
import org.godwit.planner.simulation.Profile;

/** What a VM does while it migrates; AMVM, section 5. Whoever calls tells it what to do until the next call. */
enum Load {

    EMPTY("empty", "true\n", OptionalInt.empty(), Profile.IDLE),

    /** Memory is written evenly; AMVM: a benchmark of JavaScript. */
    MEMORY_BOUND("memory-bound", "exec dirtier 32 40 > /dev/null\n", OptionalInt.of(32), Profile.MEMORY_BOUND),

    /** AMVM: a film is shown. */
    CPU_BOUND("CPU-bound", "while :; do md5sum /tmp/pattern > /dev/null; done\n", OptionalInt.empty(),
            Profile.CPU_BOUND),

    /** The disk is written and read again past any cache, as Bonnie++ does it in AMVM; all hosts reach it, as they do there by NFS. */
    IO_BOUND("I/O-bound", """
            while :; do
                dd if=/dev/zero of=/dev/vda bs=256k count=%1$d oflag=direct
                dd if=/dev/vda of=/dev/null bs=256k count=%1$d iflag=direct
            done 2> /dev/null
            """.formatted(TwoSites.DISK_MIB * 4), OptionalInt.empty(), Profile.IO_BOUND);

    private static final String PORT = "7011";
    private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
    /** It fills its memory first, and between two calls it listens to nobody for a moment. */
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String TAKEN = "taken";

    /** Of VMs that can be told. Half of what they have more than 256 MiB is taken: what is empty costs a copy nothing. */
    static final Workload TOLD_BY_CALLERS = new Workload("""
            dd if=/dev/urandom of=/tmp/pattern bs=1M count=1
            read _ total _ < /proc/meminfo
            ballast=$(( (total / 1024 - 256) / 2 ))
            if [ $ballast -gt 0 ]; then
                mkdir -p /ballast
                mount -t tmpfs -o size=100%% ballast /ballast
                for _ in $(seq $ballast); do cat /tmp/pattern; done > /ballast/half
            fi
            printf '#!/bin/sh\\ncat > /tmp/load\\necho %s\\n' > /tmp/take
            chmod +x /tmp/take
            while :; do
                nc -l -p %s -e /tmp/take
                [ -n "$pid" ] && kill $pid
                sh /tmp/load &
                pid=$!
            done
            """.formatted(TAKEN, PORT), List.of(), Map.of());

    private final String words;
    private final String script;
    private final OptionalInt writtenMib;
    private final Profile profile;

    Load(String words, String script, OptionalInt writtenMib, Profile profile) {
        this.words = words;
        this.script = script;
        this.writtenMib = writtenMib;
        this.profile = profile;
    }

    /** @param words as it stands in tables */
    static Load of(String words) {
        return List.of(values()).stream().filter(load -> load.words.equals(words)).findFirst().orElseThrow();
    }

    /** How much of its memory the VM writes again and again; empty where nobody knows. */
    OptionalInt writtenMib() {
        return writtenMib;
    }

    /** What the simulator has for it; not what this VM does, but what AMVM's is taken to have done. */
    Profile profile() {
        return profile;
    }

    /** @throws org.godwit.lab.LabException when the VM does not take it */
    void tell(Node caller, HomeAddress vm) {
        AtomicReference<Finished> last = new AtomicReference<>();
        new Patience(InstantSource.system()).until(LIMIT, () -> {
            last.set(Processes.finish(CALL_LIMIT,
                    caller.enter(List.of("busybox", "nc", "-w", "5", vm.toString(), PORT)), script, Map.of()));
            return last.get().text().contains(TAKEN);
        }, () -> vm + " does not take its load: " + last.get());
    }

    /** As it stands in tables. */
    @Override
    public String toString() {
        return words;
    }
}
