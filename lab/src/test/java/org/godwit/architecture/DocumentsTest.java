package org.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That what the documents point to is there: files, and headings by the anchors that web views of Markdown make of them. */
class DocumentsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#\\s]*)(#[^)\\s]+)?\\)");
    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        Set<String> broken = new TreeSet<>();
        for (Path document : documents()) {
            for (MatchResult link : links(document)) {
                Path target = target(document, link);
                if (!Files.exists(target)) {
                    broken.add(ROOT.relativize(document) + ": " + link.group(1));
                } else if (link.group(2) != null && !anchors(target).contains(link.group(2).substring(1))) {
                    broken.add(ROOT.relativize(document) + ": " + link.group(1) + link.group(2));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyPageIsLinkedFromTheFirstOne() throws IOException {
        Set<Path> linked = links(ROOT.resolve("README.md")).stream()
                .map(link -> target(ROOT.resolve("README.md"), link)).collect(Collectors.toSet());
        try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
            assertThat(pages.filter(page -> page.toString().endsWith(".md")).filter(page -> !linked.contains(page)))
                    .isEmpty();
        }
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")),
                    docs.filter(file -> file.toString().endsWith(".md"))).toList();
        }
    }

    private static List<MatchResult> links(Path document) throws IOException {
        return LINK.matcher(Files.readString(document)).results().toList();
    }

    private static Path target(Path document, MatchResult link) {
        return link.group(1).isEmpty() ? document : document.getParent().resolve(link.group(1)).normalize();
    }

    private static Set<String> anchors(Path document) throws IOException {
        return HEADING.matcher(FENCED.matcher(Files.readString(document)).replaceAll("")).results()
                .map(heading -> heading.group(1).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1").toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "").strip().replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
