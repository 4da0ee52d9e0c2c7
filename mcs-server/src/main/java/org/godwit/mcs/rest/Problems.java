package org.godwit.mcs.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.godwit.mcs.ims.MappingRefusedException;
import org.godwit.mcs.runner.RefusedException;
import org.godwit.mcs.store.ConflictException;
import org.godwit.mcs.store.Precondition;
import org.godwit.mcs.store.TakenOverException;
import org.godwit.protocol.rest.Resources.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place that turns an error into problem details (RFC 9457). */
final class Problems {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private Problems() {}

    static Problem of(Throwable error) {
        return switch (error) {
            case BadFieldException e -> problem(400, e.getMessage(), e.field());
            case RefusedException e -> problem(status(e.reason()), e.getMessage(), e.field().orElse(null));
            case ConflictException e -> problem(409, e.getMessage(), e.field().orElse(null));
            case TakenOverException e -> problem(409, e.getMessage(), null);
            case Precondition.ChangedException e -> problem(412, e.getMessage(), "If-Match");
            case MappingRefusedException e -> problem(409, e.getMessage(), null);
            case UnrecognizedPropertyException e -> problem(400, "there is no member \"" + e.getPropertyName()
                    + "\" here, only " + e.getKnownPropertyIds(), e.getPropertyName());
            case JsonMappingException e ->
                problem(400, "the body is not the JSON object that is expected here", field(e));
            case JsonProcessingException _ -> problem(400, "the body is not valid JSON", null);
            case Throwable _ -> {
                LOG.error("a request failed", error);
                yield problem(500, "the server failed: look into its log", null);
            }
        };
    }

    static Problem problem(int status, String sentence, String field) {
        String detail = sentence == null || sentence.isEmpty()
                ? null
                : Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1)
                        + (sentence.endsWith(".") ? "" : ".");
        return new Problem("about:blank", HttpResponseStatus.valueOf(status).reasonPhrase(), status, detail, field);
    }

    private static int status(RefusedException.Reason reason) {
        return switch (reason) {
            case UNKNOWN -> 404;
            case INVALID -> 422;
            case CONFLICT -> 409;
            case BUSY -> 503;
            case AGENT_REFUSED -> 502;
            case AGENT_SILENT -> 504;
        };
    }

    private static String field(JsonMappingException error) {
        return error.getPath().isEmpty() ? null : error.getPath().getFirst().getFieldName();
    }
}
