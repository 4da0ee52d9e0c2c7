package org.godwit.cli.remote;

import static java.util.Objects.requireNonNull;

/** What was asked of a remote host did not come to be: a sentence on what is wrong, and one on what to do. */
public final class RemoteException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String remedy;

    public RemoteException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public RemoteException(String problem, String remedy, Throwable cause) {
        super(problem, cause);
        this.remedy = requireNonNull(remedy, "remedy is null");
    }

    public String remedy() {
        return remedy;
    }
}
