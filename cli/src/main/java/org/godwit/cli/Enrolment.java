package org.godwit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Asks for something that the server answers with a secret, shown this once: to a file when one is named, else on standard output.
 *
 * @param secret the member of the answer that must not be shown twice
 */
record Enrolment(Kind<?> kind, String secret) {

    /** @param file where the secret goes; null to print it */
    void add(Desk desk, String name, Object value, Path file) {
        reveal(desk, () -> desk.server().post(kind.path(), value), kind.word() + " " + name + " added", file);
    }

    /** A new one for what has one already. @param file as for {@link #add} */
    void renew(Desk desk, String name, Path file) {
        reveal(desk, () -> desk.server().post(Desk.one(kind, name) + "/" + secret),
                kind.word() + " " + name + " has a new " + secret, file);
    }

    private void reveal(Desk desk, Supplier<JsonNode> request, String done, Path file) {
        if (file == null) {
            JsonNode body = request.get();
            if (desk.structured()) {
                desk.write(body);
            } else {
                desk.say(done);
                desk.say(secret + " (shown this once): " + text(body));
            }
            return;
        }
        try (SecretFile secretFile = SecretFile.make(file)) {
            JsonNode body = request.get();
            secretFile.write(text(body));
            if (desk.structured()) {
                ObjectNode rest = body.deepCopy();
                rest.remove(secret);
                rest.put(secret + "_file", file.toString());
                desk.write(rest);
            } else {
                desk.say(done + "; the " + secret + " is in " + file);
            }
        }
    }

    private String text(JsonNode body) {
        String text = body.path(secret).asText("");
        if (text.isEmpty()) {
            throw new CommandFailure(ExitStatus.FAILED, "the server did it but sent no " + secret);
        }
        return Text.shown(text);
    }
}
