/**
 * The papers' experiments, again: each is a declaration of trials and of a report, and everything else is done once, here. Trials
 * take turns run by run; results are kept after each of them, so that an experiment can be stopped and resumed. See {@code
 * docs/experiments.md}.
 */
package org.godwit.lab.experiment;
