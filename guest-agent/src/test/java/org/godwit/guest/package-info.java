/** Tests of the guest agent: plain stories with fakes, and the real kernel in throw-away namespaces. */
package org.godwit.guest;
