package org.godwit.lab.experiment;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.godwit.lab.LabException;

/** Where an experiment builds what its trials need, and what is taken down when they are over. */
public final class Stage implements AutoCloseable {

    private final Path labs;
    private final Path work;
    private final Consumer<String> narrator;
    private final Deque<AutoCloseable> built = new ArrayDeque<>();

    /**
     * @param labs where labs keep their folders
     * @param work for files that only matter while it runs, or when it fails
     * @param narrator is told what happens
     */
    public Stage(Path labs, Path work, Consumer<String> narrator) {
        this.labs = requireNonNull(labs, "labs is null");
        this.work = requireNonNull(work, "work is null");
        this.narrator = requireNonNull(narrator, "narrator is null");
    }

    public Path labs() {
        return labs;
    }

    public Path work() {
        return work;
    }

    public void narrate(String what) {
        narrator.accept(what);
    }

    /** Will be closed with the stage, before what was kept earlier. */
    public <T extends AutoCloseable> T keep(T part) {
        built.push(part);
        return part;
    }

    @Override
    public void close() {
        Exception first = null;
        while (!built.isEmpty()) {
            try {
                built.pop().close();
            } catch (Exception e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw new LabException("what the experiment has built cannot all be taken down: " + first.getMessage(),
                    first);
        }
    }
}
