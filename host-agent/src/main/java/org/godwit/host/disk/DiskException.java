package org.godwit.host.disk;

/** Something with a VM's disks could not be done; the message is a sentence for an operator. */
public final class DiskException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DiskException(String message) {
        super(message);
    }

    DiskException(String message, Throwable cause) {
        super(message, cause);
    }
}
