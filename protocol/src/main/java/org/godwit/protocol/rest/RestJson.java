package org.godwit.protocol.rest;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.ConstructorDetector;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** JSON as the REST API speaks it: snake case, unknown members refused by the server so that a typing error is noticed. */
public final class RestJson {

    private static final JsonMapper STRICT = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .constructorDetector(ConstructorDetector.USE_PROPERTIES_BASED)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private static final JsonMapper LENIENT = STRICT.rebuild()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private RestJson() {}

    /** For the server, reading requests. */
    public static JsonMapper strict() {
        return STRICT;
    }

    /** For clients: a newer server may say more than they know. */
    public static JsonMapper lenient() {
        return LENIENT;
    }
}
