package org.godwit.host.hypervisor;

/** The hypervisor did not answer or refused; the message is a sentence for an operator. */
public final class HypervisorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public HypervisorException(String message) {
        super(message);
    }

    public HypervisorException(String message, Throwable cause) {
        super(message, cause);
    }
}
