/** Mirroring's Table 1 and Figures 4 to 6: by its own equations, and by the simulator of the planner. */
package org.godwit.lab.experiment.mirroring;
