package org.godwit.lab.experiment;

import org.godwit.lab.LabException;

/** No trial is what was asked for: to build everything anew would not help. */
final class NoSuchTrialException extends LabException {

    private static final long serialVersionUID = 1L;

    NoSuchTrialException(String message) {
        super(message);
    }
}
