/** Tests of configuration files. */
package org.godwit.operation.configuration;
