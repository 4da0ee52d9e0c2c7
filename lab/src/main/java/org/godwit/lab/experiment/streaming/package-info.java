/** The second thing that Watanabe's paper leaves for later: what viewers of a stream see of a migration. */
package org.godwit.lab.experiment.streaming;
