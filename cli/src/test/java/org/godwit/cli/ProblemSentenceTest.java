package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

class ProblemSentenceTest {

    @Test
    void everyProblemIsOneSentenceWithItsField() {
        StringBuilder text = new StringBuilder();
        show(text, 409, """
                {"type": "about:blank", "title": "Conflict", "status": 409, "field": "vm",
                 "detail": "VM web is being migrated already, by migration 0b6e7a52; wait for it or cancel it"}""");
        show(text, 422, """
                {"title": "Unprocessable Content", "status": 422, "field": "target",
                 "detail": "VM web runs at a-1 already"}""");
        show(text, 404, "{\"detail\": \"There is no host b-9.\", \"status\": 404, \"field\": \"target\"}");
        show(text, 504, "{\"detail\": \"The guest agent of VM web does not answer.\", \"status\": 504}");
        show(text, 404, "{\"title\": \"Not Found\", \"status\": 404}");
        show(text, 400, "{\"detail\": \"two\\nlines\", \"status\": 400}");
        show(text, 400, "{}");
        show(text, 500, "{\"detail\": \"the store is read-only\", \"status\": 500}");
        show(text, 502, "<html>bad gateway</html>");
        show(text, 401, "");
        show(text, 401, "{\"detail\": \"A good token is needed.\", \"status\": 401}");
        Golden.assertMatches("problems.txt", text.toString());
    }

    @Test
    void aRefusalExitsWithThree() {
        assertThat(ProblemSentence.failure(409, "{}").status()).isEqualTo(ExitStatus.REFUSED);
    }

    @Test
    void aFaultOfTheServerIsNoRefusal() {
        assertThat(ProblemSentence.failure(500, "{}").status()).isEqualTo(ExitStatus.FAILED);
    }

    private static void show(StringBuilder text, int status, String body) {
        text.append(ProblemSentence.failure(status, body).getMessage()).append('\n');
    }
}
