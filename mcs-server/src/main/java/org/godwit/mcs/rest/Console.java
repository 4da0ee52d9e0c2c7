package org.godwit.mcs.rest;

import java.util.Map;
import org.godwit.mcs.runner.RefusedException;
import org.godwit.mcs.runner.RefusedException.Reason;

/** The web console: files that a browser gets without a token, and that ask this API with the one that is typed in. */
final class Console {

    private static final String FOLDER = "console/";

    /** It may load and ask nothing but this server, and markup is never made of text. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'";

    /** Read when it is first asked for: a server that starts has other things to do. */
    private static final class Files {

        static final Reply PAGE = file("console.html", "text/html; charset=utf-8").with("Content-Security-Policy",
                POLICY);
        static final Map<String, Reply> PARTS = Map.of("console.css", file("console.css", "text/css"), "console.js",
                file("console.js", "text/javascript"), "view.js", file("view.js", "text/javascript"));

        private static Reply file(String name, String mediaType) {
            // A newer server's parts belong to its own page.
            return Reply.file(mediaType, Contract.resource(FOLDER + name)).with("Cache-Control", "no-cache")
                    .with("X-Content-Type-Options", "nosniff");
        }
    }

    /** Who opens the server's bare address gets there. */
    Reply front(Call call) {
        return new Reply(303, null, Map.of("Location", "/v1/console"));
    }

    Reply page(Call call) {
        return Files.PAGE;
    }

    Reply part(Call call) {
        Reply part = Files.PARTS.get(call.part("file"));
        if (part == null) {
            throw new RefusedException(Reason.UNKNOWN, "the console has no part " + call.part("file"), null);
        }
        return part;
    }
}
