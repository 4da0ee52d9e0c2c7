/** Tests of the REST API against the document that describes it. */
package org.godwit.mcs.rest;
