package org.godwit.protocol.guest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The members of one JSON object: text, whole numbers, truth values and objects of these. Messages are this flat, so that
 * no data binding (reflection, a second and 10 MB in a small guest) is needed.
 */
final class GuestMembers {

    static final JsonFactory JSON = JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .streamReadConstraints(StreamReadConstraints.builder().maxDocumentLength(GuestCodec.LINE_BYTES_MAX)
                    .maxNestingDepth(2).maxNumberLength(20).maxNameLength(40).maxStringLength(1024).maxTokenCount(64)
                    .build())
            .build();

    private final String path;
    private final Map<String, Object> values = new HashMap<>();

    private GuestMembers(String path) {
        this.path = path;
    }

    /** Reads a line that must hold one object and nothing else. */
    static GuestMembers read(byte[] line) throws GuestLineException {
        if (line.length >= GuestCodec.LINE_BYTES_MAX) {
            throw malformed("a line must have at most " + GuestCodec.LINE_BYTES_MAX + " bytes", null);
        }
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("a line must be one JSON object", null);
            }
            GuestMembers members = object(parser, "");
            if (parser.nextToken() != null) {
                throw malformed("a line must hold nothing after its object", null);
            }
            return members;
        } catch (IOException | IllegalArgumentException e) {
            // Jackson's own message quotes the input, which may hold a key.
            throw malformed("a line must be one JSON object of text, whole numbers, truth values and objects", e);
        }
    }

    private static GuestLineException malformed(String message, Exception cause) {
        return new GuestLineException(RefusalCode.MALFORMED, 0, message,
                cause == null ? null : new IllegalArgumentException(cause.getClass().getSimpleName()));
    }

    private static GuestMembers object(JsonParser parser, String path) throws IOException {
        GuestMembers members = new GuestMembers(path);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            members.values.put(name, switch (token) {
                case VALUE_STRING -> parser.getText();
                case VALUE_NUMBER_INT -> parser.getLongValue();
                case VALUE_TRUE -> Boolean.TRUE;
                case VALUE_FALSE -> Boolean.FALSE;
                case START_OBJECT -> object(parser, path + name + ".");
                case START_ARRAY, END_ARRAY, END_OBJECT, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT,
                        VALUE_NUMBER_FLOAT, VALUE_NULL ->
                    throw new IllegalArgumentException(name);
            });
        }
        return members;
    }

    /** Takes version and id and returns the id. */
    long envelope(int version) throws GuestLineException {
        long id = 0;
        try {
            long read = number("id", 1, GuestCall.ID_MAX);
            id = read;
            long v = number("v", 1, Integer.MAX_VALUE);
            if (v != version) {
                throw new GuestLineException(RefusalCode.UNSUPPORTED_VERSION, id,
                        "v must be " + version + ", got " + v + ": bring host and guest agent to the same version",
                        null);
            }
            return id;
        } catch (IllegalArgumentException e) {
            throw new GuestLineException(RefusalCode.MALFORMED, id, e.getMessage(), e);
        }
    }

    String text(String name) {
        String text = textOrNull(name);
        if (text == null) {
            throw new IllegalArgumentException(path + name + " is missing");
        }
        return text;
    }

    String textOrNull(String name) {
        Object value = values.remove(name);
        if (value != null && !(value instanceof String)) {
            throw new IllegalArgumentException(path + name + " must be text");
        }
        return (String) value;
    }

    boolean flag(String name) {
        if (values.remove(name) instanceof Boolean flag) {
            return flag;
        }
        throw new IllegalArgumentException(path + name + " must be true or false");
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    long number(String name, long min, long max) {
        if (values.remove(name) instanceof Long number && number >= min && number <= max) {
            return number;
        }
        throw new IllegalArgumentException(path + name + " must be a whole number from " + min + " to " + max);
    }

    GuestMembers nested(String name) {
        if (values.remove(name) instanceof GuestMembers members) {
            return members;
        }
        throw new IllegalArgumentException(path + name + " must be an object");
    }

    /** @throws IllegalArgumentException naming a member that nobody asked for */
    void allMustBeUsed() {
        for (String name : values.keySet()) {
            throw new IllegalArgumentException(path + name + " is not known to protocol version 1");
        }
    }
}
