package org.godwit.operation.log;

/** Whom a log is written for. */
public enum LogFormat {

    /** People: time, level, where, message, {@code key=value}. */
    TEXT,

    /** Programs: one object in JSON a line. */
    JSON
}
