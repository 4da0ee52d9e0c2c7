package org.godwit.mcs.rest;

import org.godwit.mcs.agents.HostAccess;
import org.godwit.mcs.identity.Audit;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.mcs.identity.ImsIdentities;
import org.godwit.mcs.identity.OperatorTokens;
import org.godwit.mcs.identity.ServerTls;

/** All that the REST API needs to know of who is who. */
public record Identities(CertificateAuthority authority, ServerTls tls, HostAccess hosts, OperatorTokens tokens,
        ImsIdentities ims, Audit audit) {}
