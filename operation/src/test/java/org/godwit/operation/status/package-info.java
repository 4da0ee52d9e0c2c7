/** Tests of the status port. */
package org.godwit.operation.status;
