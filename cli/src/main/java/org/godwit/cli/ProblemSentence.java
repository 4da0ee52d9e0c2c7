package org.godwit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.godwit.protocol.rest.Resources.Problem;
import org.godwit.protocol.rest.RestJson;

/** Problem details (RFC 9457) as one sentence that names the field. */
final class ProblemSentence {

    private static final String TOKEN_HINT = "; --auth-file, GODWIT_TOKEN_FILE or a context names the file of your token";

    private ProblemSentence() {}

    /**
     * @param status of HTTP; 4xx means that nothing was changed
     * @param body problem details, or whatever something between us and the server wrote instead
     */
    static CommandFailure failure(int status, String body) {
        boolean refused = status / 100 == 4;
        return new CommandFailure(refused ? ExitStatus.REFUSED : ExitStatus.FAILED,
                (refused ? "refused: " : "failed: ") + sentence(status, body));
    }

    private static String sentence(int status, String body) {
        Problem problem = parse(body);
        if (problem == null) {
            return "HTTP " + status + " without problem details; is this really an mcs-server?";
        }
        String what = problem.detail() == null ? problem.title() : problem.detail();
        String where = problem.field() == null ? "" : " (field: " + Text.shown(problem.field()) + ")";
        return (what == null ? "HTTP " + status : withoutPeriod(Text.shown(what))) + where
                + (status == 401 ? TOKEN_HINT : "");
    }

    /** What follows the sentence here is part of it. */
    private static String withoutPeriod(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private static Problem parse(String body) {
        try {
            return RestJson.lenient().readValue(body, Problem.class);
        } catch (JsonProcessingException _) {
            return null;
        }
    }
}
