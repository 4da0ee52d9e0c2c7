/** What the servers that speak HTTP share: event loops, listening, threads that may block, JSON, and an end in good time. */
package org.godwit.mcs.http;
