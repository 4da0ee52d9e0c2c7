/** Whether a pre-copy that runs will come to its end. Pure: it is told what is seen, and by which clock. */
package org.godwit.planner.convergence;
