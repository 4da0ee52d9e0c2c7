/** Tests of what all programs share. */
package org.godwit.operation;
