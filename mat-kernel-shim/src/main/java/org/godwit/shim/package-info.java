/**
 * MAT in the kernel: translation between Home Addresses and Mobile Addresses in the end host (Watanabe, section 2), by BPF
 * programs that are loaded and steered from here.
 *
 * <p>{@link org.godwit.shim.DataPlane} is what an agent codes against, {@link org.godwit.shim.KernelDataPlane} the real
 * one. The foreign-function API stays in this package; it needs {@code libbpf.so.1}, root and a kernel of 5.15 or later.
 */
package org.godwit.shim;
