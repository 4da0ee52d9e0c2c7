/** The rules of the house that no compiler checks, over the classes of every module. */
package org.godwit.architecture;
