package io.culvert.dedupe.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TreeWalkTest {

    private static TreeWalk walk(Path root) throws IOException {
        Posix posix = new Posix(root.toString());
        int fd = posix.openRoot();
        return new TreeWalk(posix, TreeCopy.EVERYTHING, fd, posix.stat(fd, PathBytes.ROOT));
    }

    private static Step.Found found(Optional<Step> step) {
        assertThat(step).get().isInstanceOf(Step.Found.class);
        return (Step.Found) step.orElseThrow();
    }

    private static ScanProblem trouble(Optional<Step> step) {
        assertThat(step).get().isInstanceOf(Step.Trouble.class);
        return ((Step.Trouble) step.orElseThrow()).problem();
    }

    @Test
    void goesIntoADirectoryAndLeavesIt() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            Files.createDirectories(source.resolve("d/e"));
            Files.writeString(source.resolve("f"), "");
            List<String> steps = new ArrayList<>();
            try (TreeWalk walk = walk(source)) {
                for (Optional<Step> step = walk.next(); step.isPresent(); step = walk.next()) {
                    steps.add(
                            switch (step.get()) {
                                case Step.Found found -> "found " + found.path();
                                case Step.Entered entered ->
                                    "entered " + entered.directory().path();
                                case Step.Left left -> "left";
                                case Step.Trouble trouble -> trouble.problem().detail();
                            });
                }
            }
            assertThat(steps)
                    .containsExactly(
                            "found .", "found d", "entered d", "found d/e", "entered d/e", "left", "left", "found f");
        }
    }

    @Test
    void namesWhatVanishedBetweenTheListingAndItsTurn() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            Files.writeString(source.resolve("a"), "");
            Files.writeString(source.resolve("b"), "");
            try (TreeWalk walk = walk(source)) {
                found(walk.next());
                assertThat(found(walk.next()).path()).isEqualTo(PathBytes.of("a"));
                Files.delete(source.resolve("b"));
                ScanProblem problem = trouble(walk.next());
                assertThat(problem.kind()).isEqualTo(ScanProblem.Kind.VANISHED);
                assertThat(problem.detail()).contains(source + "/b").contains("ENOENT");
                assertThat(walk.next()).isEmpty();
            }
        }
    }

    @Test
    void entersNothingThatTookADirectorysPlace() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path elsewhere = Path.of(scratch.directory("elsewhere"));
            Files.writeString(elsewhere.resolve("secret"), "");
            Path source = Path.of(scratch.directory("source"));
            for (String name : List.of("another", "link", "z")) {
                Files.createDirectory(source.resolve(name));
            }
            try (TreeWalk walk = walk(source)) {
                found(walk.next());
                assertThat(found(walk.next()).path()).isEqualTo(PathBytes.of("another"));
                Files.move(source.resolve("another"), source.resolve("moved"));
                Files.createDirectory(source.resolve("another"));
                assertThat(trouble(walk.next()).kind()).isEqualTo(ScanProblem.Kind.REPLACED);

                assertThat(found(walk.next()).path()).isEqualTo(PathBytes.of("link"));
                Files.delete(source.resolve("link"));
                Files.createSymbolicLink(source.resolve("link"), elsewhere);
                assertThat(trouble(walk.next()).kind()).isEqualTo(ScanProblem.Kind.REPLACED);

                assertThat(found(walk.next()).path()).isEqualTo(PathBytes.of("z"));
            }
        }
    }

    @Test
    void isNeverFurtherAheadThanItsBound() throws Exception {
        int files = 4 * WalkAhead.MAX_STEPS;
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            for (int i = 0; i < files; i++) {
                Files.writeString(source.resolve("%05d".formatted(i)), "");
            }
            try (WalkAhead ahead = new WalkAhead(walk(source))) {
                found(ahead.next());
                awaitParked(ahead);
                for (int i = 0; i < files; i++) {
                    Files.delete(source.resolve("%05d".formatted(i)));
                }
                int seen = 0;
                int vanished = 0;
                for (Optional<Step> step = ahead.next(); step.isPresent(); step = ahead.next()) {
                    if (step.get() instanceof Step.Found) {
                        seen++;
                    } else {
                        assertThat(trouble(step).kind()).isEqualTo(ScanProblem.Kind.VANISHED);
                        vanished++;
                    }
                }
                assertThat(seen).isLessThan(WalkAhead.MAX_STEPS).isGreaterThan(WalkAhead.MAX_STEPS / 2);
                assertThat(seen + vanished).isEqualTo(files);
            }
        }
    }

    @Test
    void endsWhenItIsClosedInTheMiddle() throws Exception {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            for (int i = 0; i < 2 * WalkAhead.MAX_STEPS; i++) {
                Files.writeString(source.resolve("%05d".formatted(i)), "");
            }
            WalkAhead ahead = new WalkAhead(walk(source));
            found(ahead.next());
            awaitParked(ahead);
            ahead.close();
            assertThat(ahead.thread().join(Duration.ofSeconds(30))).isTrue();
        }
    }

    @Test
    void handsOnWhyTheRootCannotBeListed() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            TreeWalk walk = walk(source);
            Files.delete(source);
            try (WalkAhead ahead = new WalkAhead(walk)) {
                assertThatThrownBy(ahead::next)
                        .isInstanceOf(PosixException.class)
                        .hasMessageContaining("getdents64");
            }
        }
    }

    /** Waits until the walk can go no further before somebody takes a step. */
    private static void awaitParked(WalkAhead ahead) {
        while (ahead.thread().getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }
}
