package org.godwit.lab.hypervisor;

/** What runs the guests' instructions. */
public enum Accelerator {

    /** The processor itself, through /dev/kvm. */
    KVM("kvm"),

    /** QEMU's translator: everywhere, some ten times slower. */
    TCG("qemu");

    private final String domainType;

    Accelerator(String domainType) {
        this.domainType = domainType;
    }

    /** The type attribute of a libvirt domain. */
    public String domainType() {
        return domainType;
    }
}
