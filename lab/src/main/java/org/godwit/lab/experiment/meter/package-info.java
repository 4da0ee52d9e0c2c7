/** The outage meter against silences of known length. */
package org.godwit.lab.experiment.meter;
