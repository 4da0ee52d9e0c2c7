package org.godwit.lab.experiment.sharedmemory;

/** What the VM does. It says a word every second while it is alive. */
enum Load {

    IDLE("idle", "while :; do echo writing nothing; sleep 1; done"),

    /** 40 MiB/s, evenly over 32 MiB. */
    MEMORY_BOUND("memory-bound", "exec /usr/bin/dirtier 32 40");

    /** What it says. */
    static final String WORD = "writing";

    private final String words;
    private final String command;

    Load(String words, String command) {
        this.words = words;
        this.command = command;
    }

    /** For busybox, as the only process. */
    String script() {
        return """
                /bin/busybox --install -s /bin
                export PATH=/usr/bin:/bin
                mount -t devtmpfs dev /dev
                exec < /dev/console > /dev/console 2>&1
                %s
                """.formatted(command);
    }

    /** As it stands in tables. */
    @Override
    public String toString() {
        return words;
    }
}
