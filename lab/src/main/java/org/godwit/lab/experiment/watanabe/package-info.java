/** Watanabe's Table 2 on real parts: global migration with and without the method beside an ordinary one. */
package org.godwit.lab.experiment.watanabe;
