package org.godwit.lab.experiment;

/** What every line of results begins with. */
public interface Run {

    /** Which turn of its trial, from 1. */
    int run();

    /** The label of the trial that it is of. */
    String trial();
}
