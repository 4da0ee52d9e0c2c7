package org.godwit.shim;

import org.godwit.model.MobileAddress;

/** What stands in a slot. @param interfaceIndex the interface through which packets with this MoA leave */
public record OwnMoa(MobileAddress moa, int interfaceIndex) {}
