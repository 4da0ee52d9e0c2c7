/**
 * How the parts of Godwit know each other: the control server's authority, pinned by its fingerprint, and tokens that carry that
 * fingerprint, so that whoever holds one knows whom it may be told to.
 */
package org.godwit.protocol.identity;
