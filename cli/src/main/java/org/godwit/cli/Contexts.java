package org.godwit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.godwit.protocol.rest.RestJson;

/** The servers that an operator knows by name: {@code contexts.json} in {@code ~/.config/godwit}, for its owner only. */
final class Contexts {

    /** @param server its address; the files are null when there are none */
    record Context(String server, String caFile, String tokenFile) {}

    /** @param current its name, or null */
    record Known(String current, Map<String, Context> contexts) {
        Known {
            contexts = contexts == null ? Map.of() : Map.copyOf(contexts);
        }
    }

    private final Path file;

    /** @param environment XDG_CONFIG_HOME, else HOME, says where */
    Contexts(Map<String, String> environment) {
        String folder = environment.getOrDefault("XDG_CONFIG_HOME", environment.getOrDefault("HOME", ".") + "/.config");
        this.file = Path.of(folder, "godwit", "contexts.json");
    }

    Known read() {
        if (Files.notExists(file)) {
            return new Known(null, Map.of());
        }
        try {
            return RestJson.lenient().readValue(Files.readString(file), Known.class);
        } catch (JsonProcessingException e) {
            throw new CommandFailure(ExitStatus.FAILED, file + " is not what godwit context writes; mend or remove it",
                    e);
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, file + " cannot be read", e);
        }
    }

    /** @param name null for the one in use */
    Optional<Context> find(String name) {
        Known known = read();
        if (name == null) {
            return Optional.ofNullable(known.current()).map(known.contexts()::get);
        }
        return Optional.of(existing(known, name));
    }

    /** The first one is in use from now on. */
    void set(String name, Context context) {
        Known known = read();
        Map<String, Context> contexts = new TreeMap<>(known.contexts());
        contexts.put(name, context);
        write(new Known(known.current() == null ? name : known.current(), contexts));
    }

    void use(String name) {
        Known known = read();
        existing(known, name);
        write(new Known(name, known.contexts()));
    }

    void remove(String name) {
        Known known = read();
        existing(known, name);
        Map<String, Context> contexts = new TreeMap<>(known.contexts());
        contexts.remove(name);
        write(new Known(name.equals(known.current()) ? null : known.current(), contexts));
    }

    private Context existing(Known known, String name) {
        Context context = known.contexts().get(name);
        if (context == null) {
            throw new CommandFailure(ExitStatus.BAD_USAGE, "there is no context " + name + "; see godwit context list");
        }
        return context;
    }

    /** As a whole or not at all. */
    private void write(Known known) {
        try {
            Files.createDirectories(file.getParent(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path fresh = Files.createTempFile(file.getParent(), "contexts", null,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, RestJson.strict().writerWithDefaultPrettyPrinter().writeValueAsString(
                    new Known(known.current(), new TreeMap<>(known.contexts()))) + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.FAILED, file + " cannot be written", e);
        }
    }
}
