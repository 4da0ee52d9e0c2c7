package org.godwit.planner.simulation;

/** When the mark of a page that is to be sent is taken away; a write after that marks it again. */
public enum Clearing {

    /** All marks when a round begins, as QEMU does for up to 1 GiB: a write before its page is read costs sending it twice. */
    BY_ROUND,

    /** Each when its page is read. Without this, the order of pages could make no difference. */
    BY_PAGE
}
