package org.godwit.lab.simulation;

/** What keeps late, repeated and lost words from doing harm. Some of them cover for each other. */
public enum Fence {

    /** A host agent answers a repeated command id with its first outcome and does not perform it again, restarted or not. */
    AGENT_ONCE,

    /** A host agent refuses epochs older than the newest it has seen of a VM. */
    AGENT_EPOCHS,

    /** The mapping server refuses epochs older than that of the mapping. */
    MAPPING_EPOCHS,

    /** A host agent begins one copy for each staging. */
    COPY_ONCE,

    /** A host agent that has undone staging by itself refuses what builds on it. */
    NOTHING_ON_UNDONE,

    /** A host agent does not begin a copy that was cancelled before its turn came. */
    CANCEL_OUTLASTS,

    /** Only one running copy beside a copy that has certainly ended is an answer to where a VM is. */
    CANCEL_BEFORE_ASKING
}
