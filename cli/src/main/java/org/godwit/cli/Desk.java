package org.godwit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.godwit.model.Name;
import org.godwit.protocol.rest.Resources.Migration;

/** What the commands share: the server to ask, and the paper to write on. */
final class Desk implements AutoCloseable {

    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final McsClient server;
    private final Paper paper;

    Desk(McsClient server, Paper paper) {
        this.server = server;
        this.paper = paper;
    }

    McsClient server() {
        return server;
    }

    Output output() {
        return paper.output();
    }

    /** Whether programs read what is written. */
    boolean structured() {
        return paper.output().structured();
    }

    <T> void list(Kind<T> kind) {
        list(kind, Map.of());
    }

    /** @param filters query parameters; those without a value do not count */
    <T> void list(Kind<T> kind, Map<String, String> filters) {
        write(kind, server.list(kind.path() + McsClient.query(filters)));
    }

    /** A list in the form that was asked for. */
    <T> void write(Kind<T> kind, JsonNode body) {
        if (!body.path("items").isArray()) {
            throw McsClient.notUnderstood();
        }
        if (structured()) {
            write(body);
            return;
        }
        List<T> values = new ArrayList<>();
        body.path("items").forEach(item -> values.add(McsClient.read(item, kind.type())));
        paper.rows(kind.name(), kind.columns(output()), values);
    }

    <T> void show(Kind<T> kind, String name) {
        JsonNode body = server.get(one(kind, name));
        if (structured()) {
            write(body);
            return;
        }
        paper.details(kind.name(), kind.columns(), McsClient.read(body, kind.type()));
    }

    void add(Kind<?> kind, String name, Object value) {
        done(server.post(kind.path(), value), kind.word() + " " + name + " added");
    }

    void remove(Kind<?> kind, String name) {
        done(server.delete(one(kind, name)), kind.word() + " " + name + " removed");
    }

    void revokeKey(Kind<?> kind, String name) {
        done(server.delete(one(kind, name) + "/key"), "the key of " + kind.word() + " " + name + " is worthless");
    }

    /**
     * The id of a migration that people may call by its VM.
     *
     * @param idOrVm an id, or the name of a VM: then the newest migration of that VM
     * @throws CommandFailure when it is the name of a VM, and no migration is of such a VM
     */
    String migration(String idOrVm) {
        if (UUID.matcher(idOrVm).matches() || !Name.fits(idOrVm)) {
            return idOrVm;
        }
        Map<String, String> newest = new LinkedHashMap<>();
        newest.put("vm", idOrVm);
        newest.put("limit", "1");
        JsonNode migration = server.get(Kind.MIGRATION.path() + McsClient.query(newest)).path("items").path(0);
        if (migration.isMissingNode()) {
            throw new CommandFailure(ExitStatus.REFUSED,
                    "no migration is of a VM " + idOrVm + "; see godwit migration list");
        }
        return McsClient.read(migration, Migration.class).id();
    }

    /** What came of a request that answers no more than that it was carried out. */
    void done(JsonNode body, String sentence) {
        paper.done(body, sentence);
    }

    static String one(Kind<?> kind, String name) {
        return kind.path() + "/" + McsClient.segment(name);
    }

    void say(String line) {
        paper.say(line);
    }

    void write(JsonNode body) {
        paper.write(body);
    }

    @Override
    public void close() {
        server.close();
    }
}
