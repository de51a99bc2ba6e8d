package io.culvert.gateway.cli.demo;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The demo's own folder: a fresh one below the temporary directory, or the empty one that was named. */
final class DemoFolder {
    private DemoFolder() {}

    /** Makes it; what the demo puts into it is removed by {@code cleanup}, and it too unless it was there before. */
    static Path make(Optional<Path> named, Cleanup cleanup) throws OperationException, IOException {
        if (named.isEmpty()) {
            Path folder = Files.createTempDirectory("culvert-demo-");
            cleanup.add(() -> Trees.remove(folder));
            return folder;
        }
        Path folder = named.get().toAbsolutePath().normalize();
        boolean there = Files.exists(folder);
        if (there) {
            requireEmpty(folder);
        }
        Files.createDirectories(folder);
        cleanup.add(() -> {
            if (there) {
                removeContent(folder);
            } else {
                Trees.remove(folder);
            }
        });
        return folder;
    }

    private static void requireEmpty(Path folder) throws OperationException, IOException {
        try (Stream<Path> content = Files.list(folder)) {
            if (content.findAny().isPresent()) {
                throw new OperationException(
                        FailureCategory.REFUSED,
                        folder + " is not empty; the demo removes what is in its folder at the end, so name a new one");
            }
        }
    }

    private static void removeContent(Path folder) throws IOException {
        try (Stream<Path> content = Files.list(folder)) {
            for (Path child : content.toList()) {
                Trees.remove(child);
            }
        }
    }
}
