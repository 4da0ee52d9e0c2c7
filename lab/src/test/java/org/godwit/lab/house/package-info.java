/** Tests of the house without VMs. */
package org.godwit.lab.house;
