package org.godwit.cli.remote;

/** How a machine is entered. */
@FunctionalInterface
public interface RemoteDoor {

    /**
     * @param questions for what is not known: a host's key, a passphrase, a password
     * @throws RemoteException when the host does not answer, is not the one it should be, or does not let us in
     */
    RemoteHost enter(Login login, Keyring keys, Questions questions);
}
