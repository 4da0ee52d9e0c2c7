/** The small test kit that every module shares: declared tiers and golden files. */
package org.godwit.testing;
