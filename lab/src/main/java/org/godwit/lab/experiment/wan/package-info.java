/** Sites far from each other: how the outage grows with the way between them, and whose round trips those are. */
package org.godwit.lab.experiment.wan;
