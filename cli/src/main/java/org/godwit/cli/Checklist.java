package org.godwit.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.godwit.cli.remote.RemoteException;

/** Steps that are taken one after the other; the one that fails says what was done, what was not, and what to do. */
final class Checklist {

    private final PrintWriter out;
    private final List<String> ahead;
    private final List<String> done = new ArrayList<>();

    /** @param steps in their order */
    Checklist(PrintWriter out, List<String> steps) {
        this.out = out;
        this.ahead = new ArrayList<>(steps);
    }

    /** What a step has brought. @param note what people may know of it; empty for nothing */
    record Result<T>(T value, String note) {}

    /** The next step, when all before it have gone well. */
    <T> T take(Supplier<Result<T>> step) {
        String name = ahead.getFirst();
        out.print(name + " ... ");
        out.flush();
        Result<T> result;
        try {
            result = step.get();
        } catch (RemoteException e) {
            throw failed(name, ExitStatus.FAILED, e.getMessage(), e.remedy(), e);
        } catch (CommandFailure e) {
            throw failed(name, e.status(), e.getMessage(), "mend that, then run this again", e);
        }
        out.println(result.note().isEmpty() ? "done" : Text.shown(result.note()));
        done.add(ahead.removeFirst());
        return result.value();
    }

    /** A step without a value. @return what {@link Result#note} says */
    void act(Supplier<String> step) {
        take(() -> new Result<>(null, step.get()));
    }

    private CommandFailure failed(String name, ExitStatus status, String problem, String remedy, Exception cause) {
        out.println("failed");
        return new CommandFailure(status, name + ": " + Text.shown(problem) + "\n  done      " + list(done)
                + "\n  not done  " + list(ahead) + "\n  what now  " + Text.shown(remedy), cause);
    }

    private static String list(List<String> steps) {
        return steps.isEmpty() ? "nothing" : steps.stream().collect(Collectors.joining("; "));
    }
}
