package org.godwit.mcs.rest;

import io.vertx.core.http.HttpMethod;
import java.util.Map;
import java.util.TreeMap;
import org.godwit.mcs.identity.Role;

/** Which role each route needs: all of them, in one table. A route that is not in it does not come to be. */
final class Permissions {

    private static final Map<String, Role> TABLE = read("""
            ANYBODY   GET     /
            ANYBODY   GET     /v1/console
            ANYBODY   GET     /v1/console/:file
            ANYBODY   GET     /v1/health
            ANYBODY   GET     /v1/openapi.json
            ANYBODY   GET     /v1/openapi.yaml
            ANYBODY   GET     /v1/docs
            ANYBODY   GET     /v1/docs/:file
            ANYBODY   GET     /v1/authority
            VIEWER    GET     /v1/events

            VIEWER    GET     /v1/sites
            VIEWER    GET     /v1/sites/:name
            ADMIN     POST    /v1/sites
            ADMIN     DELETE  /v1/sites/:name

            VIEWER    GET     /v1/gateways
            VIEWER    GET     /v1/gateways/:site
            ADMIN     POST    /v1/gateways
            ADMIN     PUT     /v1/gateways/:site
            ADMIN     DELETE  /v1/gateways/:site

            VIEWER    GET     /v1/hosts
            VIEWER    GET     /v1/hosts/:name
            ADMIN     POST    /v1/hosts
            ADMIN     DELETE  /v1/hosts/:name
            ADMIN     POST    /v1/hosts/:name/token
            ADMIN     DELETE  /v1/hosts/:name/certificates

            VIEWER    GET     /v1/vms
            VIEWER    GET     /v1/vms/:name
            OPERATOR  POST    /v1/vms
            OPERATOR  DELETE  /v1/vms/:name
            OPERATOR  POST    /v1/vms/:name/key
            OPERATOR  DELETE  /v1/vms/:name/key

            VIEWER    GET     /v1/peers
            VIEWER    GET     /v1/peers/:name
            OPERATOR  POST    /v1/peers
            OPERATOR  DELETE  /v1/peers/:name
            OPERATOR  POST    /v1/peers/:name/key
            OPERATOR  DELETE  /v1/peers/:name/key

            VIEWER    GET     /v1/bindings

            VIEWER    GET     /v1/migrations
            VIEWER    GET     /v1/migrations/:id
            VIEWER    GET     /v1/migrations/:id/report
            VIEWER    GET     /v1/migrations/:id/events
            OPERATOR  POST    /v1/migrations
            OPERATOR  POST    /v1/migrations/:id/cancel
            OPERATOR  POST    /v1/migrations/:id/abandon

            ADMIN     PUT     /v1/mapping-server/certificate

            ADMIN     GET     /v1/tokens
            ADMIN     POST    /v1/tokens
            ADMIN     DELETE  /v1/tokens/:name

            ADMIN     GET     /v1/audit
            ADMIN     GET     /v1/audit/head

            ADMIN     POST    /v1/backup
            """);

    private Permissions() {}

    /** @param path as the router has it. @throws IllegalStateException when the table does not say */
    static Role of(HttpMethod method, String path) {
        Role role = TABLE.get(method.name() + " " + path);
        if (role == null) {
            throw new IllegalStateException("Permissions does not say who may " + method.name() + " " + path);
        }
        return role;
    }

    /** Method and path to role. */
    static Map<String, Role> all() {
        return TABLE;
    }

    private static Map<String, Role> read(String text) {
        Map<String, Role> table = new TreeMap<>();
        text.lines().filter(line -> !line.isBlank()).map(line -> line.strip().split("\\s+"))
                .forEach(words -> table.put(words[1] + " " + words[2], Role.valueOf(words[0])));
        return Map.copyOf(table);
    }
}
