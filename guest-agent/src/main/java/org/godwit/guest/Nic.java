package org.godwit.guest;

import static java.util.Objects.requireNonNull;

import org.godwit.model.MacAddress;

/** An Ethernet interface. What it is used for is known by its MAC: names and roles change places with every migration. */
record Nic(String name, int index, MacAddress mac) {

    Nic {
        requireNonNull(name, "name is null");
        requireNonNull(mac, "mac is null");
        if (index < 1) {
            throw new IllegalArgumentException("an interface index is positive, got " + index);
        }
    }
}
