package org.godwit.cli.remote;

/** A machine on which commands are run, one at a time. */
public interface RemoteHost extends AutoCloseable {

    /** Its key, and how that came to be believed; for people. */
    String identity();

    /**
     * Runs a command to its end.
     *
     * @throws RemoteException when it cannot be run, or does not end in its time; never because of its status
     */
    RemoteResult run(RemoteCommand command);

    @Override
    void close();
}
