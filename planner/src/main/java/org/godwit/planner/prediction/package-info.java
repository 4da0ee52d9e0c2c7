/**
 * Models of ways to copy memory, as pure functions: one class for each paper with its equations by number, and one for each
 * strategy that a plan can name. See {@code docs/planner.md} for what is printed, what is added, and where a paper is silent.
 */
package org.godwit.planner.prediction;
