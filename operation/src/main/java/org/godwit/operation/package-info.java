/** What every program offers its operator. Packages here know nothing of what the programs do. */
package org.godwit.operation;
