package org.godwit.lab;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A process that opens a small lab and stays until it is killed. */
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

    public static void main(String[] args) throws InterruptedException {
        System.out.println(open(Path.of(args[0])).id() + " started");
        new CountDownLatch(1).await();
    }
}
