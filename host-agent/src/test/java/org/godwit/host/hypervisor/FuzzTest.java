package org.godwit.host.hypervisor;

import org.godwit.testing.Fuzzing;
import org.junit.jupiter.api.Test;

class FuzzTest {

    @Test
    void aDomainsDefinitionIsUnderstoodOrRefused() {
        Fuzzing.run(DomainXmlFuzz.class, DomainXmlFuzz.seeds());
    }
}
