package org.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.godwit.cli.ExitStatus;
import org.junit.jupiter.api.Test;

/** What the documents say of the tree is looked up in the tree. */
class DocumentsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        Set<String> broken = new TreeSet<>();
        for (Path document : documents()) {
            LINK.matcher(Files.readString(document)).results().map(link -> link.group(1))
                    .filter(target -> !Files.exists(document.resolveSibling(target)))
                    .forEach(target -> broken.add(ROOT.relativize(document) + " -> " + target));
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void theMapOfRoomsShowsEveryModule() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        assertThat(MODULE.matcher(Files.readString(ROOT.resolve("pom.xml"))).results().map(module -> module.group(1)))
                .isNotEmpty().allMatch(module -> readme.contains("| [" + module + "](" + module + ") |"));
    }

    @Test
    void theExitCodesAreThoseOfTheCommand() throws IOException {
        String document = Files.readString(ROOT.resolve("docs/cli.md"));
        assertThat(ExitStatus.values())
                .allMatch(status -> document.contains("| " + status.code() + " | " + status.meaning() + " |"));
    }

    @Test
    void everyDecisionIsListed() throws IOException {
        Path folder = ROOT.resolve("docs/adr");
        String list = Files.readString(folder.resolve("README.md"));
        try (Stream<Path> decisions = Files.list(folder)) {
            assertThat(decisions.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("README.md"))).isNotEmpty()
                    .allMatch(name -> list.contains("](" + name + ")"));
        }
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(docs.filter(file -> file.toString().endsWith(".md")),
                    Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md"))).toList();
        }
    }
}
