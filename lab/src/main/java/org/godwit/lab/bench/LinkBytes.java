package org.godwit.lab.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.godwit.lab.LabException;
import org.godwit.lab.Node;
import org.godwit.protocol.rest.RestJson;

/** How much has gone over a node's interface, as its kernel counts it. */
public final class LinkBytes {

    private LinkBytes() {}

    /** So far, in both directions, with all headers. @throws LabException when nobody tells */
    public static long soFar(Node node, String device) {
        try {
            JsonNode counts = RestJson.strict()
                    .readTree(node.run("ip", "-j", "-s", "link", "show", "dev", device)).get(0).get("stats64");
            return counts.get("rx").get("bytes").asLong() + counts.get("tx").get("bytes").asLong();
        } catch (JsonProcessingException e) {
            throw new LabException("ip does not tell how much went over " + device + " of " + node, e);
        }
    }
}
