/** Tests of chaos, and chaos as a test. */
package org.godwit.lab.chaos;
