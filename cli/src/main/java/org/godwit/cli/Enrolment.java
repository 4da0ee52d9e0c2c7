package org.godwit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;

/**
 * Adds something for which the server answers a secret, shown this once: to a file when one is named, else on standard output.
 *
 * @param secret the member of the answer that must not be shown twice
 */
record Enrolment<T>(Kind<T> kind, String secret) {

    /** @param file where the secret goes; null to print it */
    void add(Desk desk, String name, T value, Path file) {
        if (file == null) {
            JsonNode body = desk.server().post(kind.path(), value);
            if (desk.json()) {
                desk.write(body);
            } else {
                desk.say(kind.word() + " " + name + " added");
                desk.say(secret + " (shown this once): " + text(body));
            }
            return;
        }
        try (SecretFile secretFile = SecretFile.make(file)) {
            JsonNode body = desk.server().post(kind.path(), value);
            secretFile.write(text(body));
            if (desk.json()) {
                ObjectNode rest = body.deepCopy();
                rest.remove(secret);
                rest.put(secret + "_file", file.toString());
                desk.write(rest);
            } else {
                desk.say(kind.word() + " " + name + " added; its " + secret + " is in " + file);
            }
        }
    }

    private String text(JsonNode body) {
        String text = body.path(secret).asText("");
        if (text.isEmpty()) {
            throw new CommandFailure(ExitStatus.FAILED, "the server added " + kind.word() + " but sent no " + secret);
        }
        return Text.shown(text);
    }
}
