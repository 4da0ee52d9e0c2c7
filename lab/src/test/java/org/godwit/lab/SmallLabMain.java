package org.godwit.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** A process that opens a small lab, and another one when that is gone, until it is ended. */
final class SmallLabMain {

    private SmallLabMain() {}

    static Lab open(Path root) {
        Lab lab = Lab.open(root);
        lab.site("a", "2001:db8:a::/64");
        lab.correspondent("cn");
        lab.node("mcs");
        lab.start();
        return lab;
    }

    public static void main(String[] args) {
        while (true) {
            Lab lab = open(Path.of(args[0]));
            System.out.println(lab.id() + " started");
            while (Files.exists(lab.folder().path())) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }
}
