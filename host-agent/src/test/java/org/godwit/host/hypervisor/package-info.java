/** Tests of {@code org.godwit.host.hypervisor}. */
package org.godwit.host.hypervisor;
