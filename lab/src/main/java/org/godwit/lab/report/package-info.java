/** What a flight was like, for people and for programs. */
package org.godwit.lab.report;
