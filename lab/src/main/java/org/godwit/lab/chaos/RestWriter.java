package org.godwit.lab.chaos;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.godwit.lab.LabException;
import org.godwit.lab.chaos.RestDialogue.Answer;

/** Adds and removes sites and peers as fast as a server takes it, until the server dies. One thread. */
final class RestWriter {

    private static final int KEPT_MAX = 20;

    private final int number;
    private final Ledger ledger;
    private final RandomGenerator random;
    private final List<String> present = new ArrayList<>();
    private int next;

    /** @param number of this writer: nobody else writes under its names */
    RestWriter(int number, Ledger ledger, RandomGenerator random) {
        this.number = number;
        this.ledger = requireNonNull(ledger, "ledger is null");
        this.random = requireNonNull(random, "random is null");
    }

    /** Returns when the server no longer answers. @throws LabException when it refuses what is right */
    void write(RestDialogue server) {
        try {
            while (true) {
                if (present.size() < KEPT_MAX && random.nextBoolean() || present.isEmpty()) {
                    create(server);
                } else {
                    delete(server);
                }
            }
        } catch (IOException e) {
            // It has died, as it shall.
        }
    }

    private void create(RestDialogue server) throws IOException {
        String name = "w" + number + "-" + next++;
        if (random.nextBoolean()) {
            create(server, "/v1/sites", name, Map.of("name", name));
        } else {
            create(server, "/v1/peers", name,
                    Map.of("name", name, "hoa", "2001:db8:face::%x:%x".formatted(number + 1, next)));
        }
    }

    private void create(RestDialogue server, String collection, String name, Map<String, String> body)
            throws IOException {
        String path = collection + "/" + name;
        ledger.begins(path);
        require(server.post(collection, body), "POST", path);
        ledger.created(path, body);
        present.add(path);
    }

    private void delete(RestDialogue server) throws IOException {
        // Gone from the list first: once it is unclear nobody touches it again.
        String path = present.remove(random.nextInt(present.size()));
        ledger.begins(path);
        require(server.delete(path), "DELETE", path);
        ledger.deleted(path);
    }

    private static void require(Answer answer, String method, String path) {
        if (!answer.isGood()) {
            throw new LabException(method + " " + path + " was answered with " + answer);
        }
    }
}
