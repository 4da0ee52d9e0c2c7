package org.godwit.lab.experiment.amvm;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.godwit.lab.LabException;
import org.godwit.lab.Node;
import org.godwit.lab.Workload;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Processes.Finished;
import org.godwit.model.HomeAddress;

/** What a VM does while it migrates; AMVM, section 5. Whoever calls tells it what to do until the next call. */
enum Load {

    EMPTY("empty", "true\n"),

    /** A megabyte of 64 is written anew every fiftieth of a second or so; AMVM: a benchmark of JavaScript. */
    MEMORY_BOUND("memory-bound", """
            n=0
            while :; do
                dd if=/tmp/pattern of=/tmp/region bs=1M seek=$n conv=notrunc 2> /dev/null
                n=$(((n + 1) % 64))
                usleep 20000
            done
            """),

    /** AMVM: a film is shown. */
    CPU_BOUND("CPU-bound", "while :; do md5sum /tmp/pattern > /dev/null; done\n");

    private static final String PORT = "7011";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String TAKEN = "taken";

    /** Of VMs that can be told. */
    static final Workload TOLD_BY_CALLERS = new Workload("""
            dd if=/dev/urandom of=/tmp/pattern bs=1M count=1
            dd if=/dev/urandom of=/tmp/region bs=1M count=64
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

    Load(String words, String script) {
        this.words = words;
        this.script = script;
    }

    /** @throws LabException when the VM does not take it */
    void tell(Node caller, HomeAddress vm) {
        Finished answer = Processes.finish(LIMIT, caller.enter(List.of("busybox", "nc", vm.toString(), PORT)), script,
                Map.of());
        if (!answer.text().contains(TAKEN)) {
            throw new LabException(vm + " does not take its load: exit code " + answer.exitCode() + ", "
                    + answer.text() + answer.errors());
        }
    }

    /** As it stands in tables. */
    @Override
    public String toString() {
        return words;
    }
}
