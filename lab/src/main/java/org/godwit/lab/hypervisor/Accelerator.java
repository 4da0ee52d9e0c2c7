package org.godwit.lab.hypervisor;

/** What runs the guests' instructions. */
public enum Accelerator {

    /** The processor itself, through /dev/kvm. */
    KVM("kvm", ""),

    /**
     * QEMU's translator: everywhere, some ten times slower. Under it a guest that measures its TSC while the machine is busy
     * gets it wrong, and was seen to run five times too fast for the rest of its life; so it counts time by the HPET.
     */
    TCG("qemu", " tsc=unstable clocksource=hpet");

    private final String domainType;
    private final String kernelArguments;

    Accelerator(String domainType, String kernelArguments) {
        this.domainType = domainType;
        this.kernelArguments = kernelArguments;
    }

    /** The type attribute of a libvirt domain. */
    public String domainType() {
        return domainType;
    }

    /** What a guest's kernel has to be told, led by a blank; or nothing. */
    public String kernelArguments() {
        return kernelArguments;
    }
}
