package org.godwit.lab;

/**
 * What a VM is given.
 *
 * @param vcpus processors, and queues of each interface
 */
public record VmSize(int memoryMib, int vcpus) {

    /** What the lab's guest needs, and no more. */
    public static final VmSize SMALL = new VmSize(256, 1);

    @Override
    public String toString() {
        return memoryMib + " MiB, " + vcpus + (vcpus == 1 ? " vCPU" : " vCPUs");
    }
}
