/** One VM, there and back many times: whether sessions are lost, and whether anything is left behind. */
package org.godwit.lab.experiment.roundtrip;
