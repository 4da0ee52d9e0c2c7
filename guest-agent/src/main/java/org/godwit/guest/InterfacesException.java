package org.godwit.guest;

/** The system refused to change or to tell an interface's state. */
final class InterfacesException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InterfacesException(String message) {
        super(message);
    }

    InterfacesException(String message, Throwable cause) {
        super(message, cause);
    }
}
