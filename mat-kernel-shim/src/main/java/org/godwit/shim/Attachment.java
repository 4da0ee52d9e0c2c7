package org.godwit.shim;

/**
 * Puts the shim's programs on interfaces: directly where the kernel can, which costs every packet less, elsewhere as filters of
 * a clsact qdisc. Programs and filters of others stay.
 */
final class Attachment {

    private Attachment() {}

    /**
     * Puts a program on an interface, or replaces the one that we put there before, at one stroke.
     *
     * @return whether the interface got a clsact qdisc for it
     */
    static boolean attach(int interfaceIndex, Libbpf.Hook hook, int programFd) {
        if (!Tcx.attach(interfaceIndex, hook, programFd)) {
            return Libbpf.attach(interfaceIndex, hook, programFd, Libbpf.SHIM_PRIORITY);
        }
        // Such as an installation without pins, which nobody steers any more, has left.
        Libbpf.detach(interfaceIndex, hook, Libbpf.SHIM_PRIORITY);
        return false;
    }

    /** Takes our program off an interface; nothing happens when there is none. */
    static void detach(int interfaceIndex, Libbpf.Hook hook) {
        Tcx.detach(interfaceIndex, hook);
        Libbpf.detach(interfaceIndex, hook, Libbpf.SHIM_PRIORITY);
    }
}
