/** Tests of what operators do with a server. */
package org.godwit.mcs.operation;
