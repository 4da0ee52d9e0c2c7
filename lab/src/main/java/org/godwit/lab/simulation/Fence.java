package org.godwit.lab.simulation;

/** What keeps late, repeated and lost words from doing harm. A simulation with one of them off has to end in a violation. */
public enum Fence {

    /** A host agent answers a repeated command id with its first outcome and does not perform it again. */
    AGENT_ONCE,

    /** A host agent does not begin a copy that was cancelled before its turn came. */
    CANCEL_OUTLASTS,

    /** Only one running copy beside a copy that has certainly ended is an answer to where a VM is. */
    CANCEL_BEFORE_ASKING
}
