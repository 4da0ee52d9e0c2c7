/** {@code lab/demo}: a VM flies from one site to another and back, and everybody can see what it cost. */
package org.godwit.lab.demo;
