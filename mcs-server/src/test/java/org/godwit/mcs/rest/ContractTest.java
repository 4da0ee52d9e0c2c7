package org.godwit.mcs.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.godwit.mcs.store.EventKind;
import org.godwit.mcs.identity.Role;
import org.godwit.protocol.rest.Resources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That the document and the code say the same. Each answer of McsServerTest is compared with it too. */
class ContractTest {

    private static final JsonNode CONTRACT = Contract.document();
    private static final JsonNode SCHEMAS = CONTRACT.at("/components/schemas");
    private static final PropertyNamingStrategies.SnakeCaseStrategy SNAKE_CASE = new PropertyNamingStrategies.SnakeCaseStrategy();

    @Test
    void theRoutesAreTheOperationsOfTheDocument() {
        Vertx vertx = Vertx.vertx();
        try {
            Map<String, Set<String>> served = new TreeMap<>();
            Router router = RestServer.router(new Routes(vertx, Runnable::run, null, null), new IdentityResources(null),
                    new InventoryResources(null, null, null, null, null, null), new MigrationResources(null),
                    new EventResources(null, null, null), new BackupResources(null));
            for (Route route : router.getRoutes()) {
                if (route.getPath() != null) {
                    HttpMethod method = route.methods().iterator().next();
                    served.put(route.getPath().replaceAll(":(\\w+)", "{$1}") + " "
                            + method.name().toLowerCase(Locale.ROOT), route.getMetadata(Routes.PARAMETERS));
                }
            }
            assertThat(served).isEqualTo(operations());
            assertThat(Permissions.all().keySet()).as("each route has a role, and no other").isEqualTo(
                    router.getRoutes().stream().filter(route -> route.getPath() != null)
                            .map(route -> route.methods().iterator().next().name() + " " + route.getPath())
                            .collect(Collectors.toSet()));
            assertThat(Permissions.all().entrySet().stream().filter(it -> it.getValue() == Role.ANYBODY)
                    .map(it -> it.getKey().replaceAll(":(\\w+)", "{$1}")).collect(Collectors.toSet()))
                    .as("what needs no token, by the document").isEqualTo(withoutToken());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @ParameterizedTest
    @MethodSource("records")
    void aRecordIsItsSchema(Class<?> type) {
        JsonNode schema = SCHEMAS.path(type.getSimpleName());
        Map<String, JsonNode> properties = schema.path("properties").properties().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        Map<String, RecordComponent> components = Arrays.stream(type.getRecordComponents())
                .collect(Collectors.toMap(it -> SNAKE_CASE.translate(it.getName()), it -> it));
        assertThat(properties.keySet()).isEqualTo(components.keySet());
        Set<String> required = texts(schema.path("required"));
        boolean request = type.getSimpleName().startsWith("New") || type.getSimpleName().endsWith("Request");
        components.forEach((name, component) -> {
            Set<String> types = types(properties.get(name));
            Class<?> java = component.getType();
            assertThat(types.contains(json(java))).as(name + " is " + java + " and " + types).isTrue();
            assertThat(required.contains(name)).as(name + ": answers say everything, requests what is not null")
                    .isEqualTo(!request || !types.contains("null"));
            if (java.isPrimitive()) {
                assertThat(types).as(name + " is never null").doesNotContain("null");
            }
            if (List.of(Double.class, Long.class, Integer.class).contains(java)) {
                assertThat(types).as(name + " may be null").contains("null");
            }
        });
    }

    static Stream<Class<?>> records() {
        return Arrays.stream(Resources.class.getDeclaredClasses()).filter(Class::isRecord);
    }

    @Test
    void everyOperationIsNamedAndSaysWhatItDoes() {
        Set<String> names = new TreeSet<>();
        CONTRACT.path("paths").forEach(path -> path.properties().stream()
                .filter(it -> !it.getKey().equals("parameters")).map(Map.Entry::getValue).forEach(operation -> {
                    assertThat(names.add(operation.path("operationId").asText())).as(operation.toString()).isTrue();
                    assertThat(operation.path("summary").asText()).isNotEmpty();
                    assertThat(operation.path("tags")).isNotEmpty();
                }));
    }

    @Test
    void theKindsOfEventsAreThoseOfTheDocument() {
        assertThat(texts(SCHEMAS.path("EventKind").path("enum")))
                .isEqualTo(Arrays.stream(EventKind.values()).map(EventKind::word).collect(Collectors.toSet()));
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        assertThat(CONTRACT.findValuesAsText("$ref")).isNotEmpty()
                .allSatisfy(reference -> assertThat(CONTRACT.at(reference.substring(1)).isMissingNode())
                        .as(reference).isFalse());
    }

    private static Set<String> withoutToken() {
        Set<String> open = new TreeSet<>();
        CONTRACT.path("paths").properties().forEach(path -> path.getValue().properties().forEach(operation -> {
            if (operation.getValue().path("security").isArray() && operation.getValue().path("security").isEmpty()) {
                open.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
            }
        }));
        return open;
    }

    /** Path and method to the query parameters. */
    private static Map<String, Set<String>> operations() {
        Map<String, Set<String>> operations = new TreeMap<>();
        CONTRACT.path("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(it -> !it.getKey().equals("parameters")).forEach(operation -> operations.put(
                        path.getKey() + " " + operation.getKey(),
                        StreamSupport.stream(operation.getValue().path("parameters").spliterator(), false)
                                .map(ContractTest::followed).filter(it -> it.path("in").asText().equals("query"))
                                .map(it -> it.path("name").asText()).collect(Collectors.toSet()))));
        return operations;
    }

    private static JsonNode followed(JsonNode node) {
        return node.has("$ref") ? CONTRACT.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static Set<String> types(JsonNode schema) {
        if (schema.has("anyOf")) {
            return StreamSupport.stream(schema.path("anyOf").spliterator(), false).flatMap(it -> types(it).stream())
                    .collect(Collectors.toSet());
        }
        if (schema.has("type")) {
            return schema.path("type").isArray()
                    ? texts(schema.path("type"))
                    : Set.of(schema.path("type").asText());
        }
        return schema.has("$ref") ? types(followed(schema)) : Set.of("string");
    }

    private static Set<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).collect(Collectors.toSet());
    }

    private static String json(Class<?> java) {
        return switch (java.getSimpleName()) {
            case "String" -> "string";
            case "boolean", "Boolean" -> "boolean";
            case "long", "int", "Long", "Integer" -> "integer";
            case "double", "Double" -> "number";
            case "List" -> "array";
            case String _ -> "object";
        };
    }
}
