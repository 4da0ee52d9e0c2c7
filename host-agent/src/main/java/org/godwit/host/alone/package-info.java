/**
 * Where each VM stands on this host with regard to its migration, kept on disk, and what the agent does by itself when nobody
 * has commanded for longer than a lease. One pure table decides; {@code docs/state-machines/alone.md} is drawn from it.
 */
package org.godwit.host.alone;
