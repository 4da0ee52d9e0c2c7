package org.godwit.shim;

/** Ways back into the stack for packets that were held. A packet that it does not take is lost. */
interface Injection extends AutoCloseable {

    /** Once more from matif to a HoA. */
    void out(byte[] frame);

    /** Once more into the NIC of the own MoA that it is for. */
    void in(byte[] frame);

    /** Tells the sender of this frame, an application of this node, that nobody has the address (RFC 4443, section 3.1). */
    void unreachable(byte[] frame);

    @Override
    void close();
}
