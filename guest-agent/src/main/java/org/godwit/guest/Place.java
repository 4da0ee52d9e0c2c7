package org.godwit.guest;

import org.godwit.model.MobileAddress;
import org.godwit.shim.Slot;

/** Where a MoA lives: its slot in the shim and its interface. */
record Place(Slot slot, Nic nic, MobileAddress moa) {}
