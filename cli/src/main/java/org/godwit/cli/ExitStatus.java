package org.godwit.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the command's exit code says, for scripts. The codes never change their meaning; docs/cli.md repeats them. */
public enum ExitStatus {

    /** What was asked is done. */
    DONE(0, "done"),

    /** The command or the server failed; the message says how. */
    FAILED(1, "failed; the message says how"),

    /** The command line is wrong; nothing was sent. */
    BAD_USAGE(2, "the command line is wrong; nothing was sent"),

    /** The server refused. */
    REFUSED(3, "refused; nothing was changed"),

    /** The migration failed or was cancelled before the point of no return. */
    ROLLED_BACK(4, "the migration was rolled back; the VM is safe at the source"),

    /** It is not known where the VM runs, or whether a request arrived. */
    UNCERTAIN(5, "the outcome is not known; look before you act"),

    /** No answer from the server. */
    UNREACHABLE(6, "the server does not answer"),

    /** Both hypervisors say that the VM has ended. */
    LOST(7, "the VM runs nowhere any more; the message says where to look"),

    /** The operator stopped watching; 128 + SIGINT, as shells have it. */
    DETACHED(130, "Ctrl-C stopped the watching; the migration goes on");

    private final int code;
    private final String meaning;

    ExitStatus(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    public String meaning() {
        return meaning;
    }

    /** Code to meaning, in order, as the help shows them. */
    static Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>();
        for (ExitStatus status : values()) {
            all.put(String.valueOf(status.code), status.meaning);
        }
        return all;
    }
}
