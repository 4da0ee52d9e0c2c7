/**
 * May this VM go there? Facts of both hosts in, findings out: pure, each check a function of its own. What could not be found
 * out is a finding, too. {@code docs/prechecks.md} lists the checks.
 */
package org.godwit.mcs.precheck;
