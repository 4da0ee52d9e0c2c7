package org.godwit.host.network;

/** The host's network cannot be made as desired; the message is a sentence for an operator. */
public final class HostNetworkException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public HostNetworkException(String message) {
        super(message);
    }

    public HostNetworkException(String message, Throwable cause) {
        super(message, cause);
    }
}
