package org.godwit.lab.bench;

import java.util.Locale;

/** What kind of migration. */
enum Subject {

    /** Between two sites, by Godwit. */
    GLOBAL,

    /** Between two hosts on one link, by libvirt alone: nothing about the VM's network changes. */
    ORDINARY;

    /** As it stands in tables. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
