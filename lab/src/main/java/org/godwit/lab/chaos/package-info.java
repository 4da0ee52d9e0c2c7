/** {@code lab/chaos}: breaks what can break, and looks whether a VM is lost. */
package org.godwit.lab.chaos;
