package io.culvert.siteconfig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The sample files of this module, and site files written in a test. */
final class Samples {
    static final Path DIRECTORY = Path.of("samples");
    static final Path INVALID = DIRECTORY.resolve("invalid");

    private Samples() {}

    static Path expected(Path invalid) {
        String name = invalid.getFileName().toString();
        return invalid.resolveSibling(name.replace(".yaml", ".expected"));
    }

    static SiteConfig parse(String yaml) throws ConfigException {
        return SiteConfigLoader.parse(Path.of("site.yaml"), yaml.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns what is wrong with {@code yaml}, each as {@code line:column: sentence}; nothing if it loads. */
    static List<String> problems(String yaml) {
        try {
            parse(yaml);
            return List.of();
        } catch (ConfigException e) {
            return e.problems().stream()
                    .map(problem -> problem.position() + ": " + problem.sentence())
                    .toList();
        }
    }

    static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }
}
