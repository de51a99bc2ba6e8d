package io.culvert.dedupe.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Manifests that want out of their target; beside it stands a canary tree that must not notice. */
class HostileEntriesTest {

    private static final int SCENARIOS = 500;
    private static final Slice DATA = Slice.of("gotcha".getBytes(StandardCharsets.UTF_8));

    /** What is in the target before, and the entries that come. */
    private record Scenario(String name, Preparation preparation, List<Entry> entries, boolean mustBeRefused) {}

    private interface Preparation {
        void in(Path target) throws IOException;
    }

    @Test
    void noneOfFiveHundredHostileManifestsTouchesAnythingOutsideTheTarget() throws IOException {
        int refused = 0;
        for (long seed = 1; seed <= SCENARIOS; seed++) {
            try (Scratch scratch = new Scratch()) {
                Path canary = makeCanary(scratch);
                List<Entry> before = everything(canary);
                Scenario scenario = scenario(new Random(seed), canary.toString());
                String label = "seed " + seed + ", " + scenario.name();

                boolean wasRefused = restore(scenario, scratch, label);

                assertThat(wasRefused || !scenario.mustBeRefused()).as(label).isTrue();
                assertThat(everything(canary)).as(label).isEqualTo(before);
                assertThat(scratch.path().toFile().list()).as(label).containsExactlyInAnyOrder("canary", "target");
                refused += wasRefused ? 1 : 0;
            }
        }
        assertThat(refused).isGreaterThan(SCENARIOS / 2);
    }

    private static Path makeCanary(Scratch scratch) throws IOException {
        Path canary = Path.of(scratch.directory("canary"));
        Files.writeString(canary.resolve("secret"), "keep");
        Files.createDirectories(canary.resolve("inner/deep"));
        Files.writeString(canary.resolve("inner/deep/file"), "keep too");
        return canary;
    }

    /** Every entry with inode and change time, which even a further hard link moves. */
    private static List<Entry> everything(Path root) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (TreeScanner scanner = TreeScanner.open(root.toString(), TreeCopy.EVERYTHING, InstantSource.system())) {
            scanner.scan(new TreeVisitor() {
                @Override
                public void visit(ScannedEntry entry) throws IOException {
                    entries.add(entry.entry());
                }

                @Override
                public void problem(ScanProblem problem) throws IOException {
                    throw new ScanProblemException(problem);
                }
            });
        }
        return entries;
    }

    /** True if it was refused, in which case the message must name an entry. */
    private static boolean restore(Scenario scenario, Scratch scratch, String label) throws IOException {
        Path target = Path.of(scratch.directory("target"));
        scenario.preparation().in(target);
        boolean empty = target.toFile().list().length == 0;
        TreeWriter.Existing existing = empty ? TreeWriter.Existing.REFUSE : TreeWriter.Existing.REPLACE;
        try (TreeWriter writer = TreeWriter.open(target.toString(), existing)) {
            for (Entry entry : scenario.entries()) {
                writer.begin(entry);
                if (entry.type() == EntryType.FILE) {
                    writer.data(DATA);
                }
            }
            writer.finish();
            return false;
        } catch (RefusedEntryException refused) {
            assertThat(refused).as(label).hasMessageContaining("\"" + refused.path() + "\" is refused: ");
            return true;
        } catch (PosixException failed) {
            assertThat(failed).as(label).hasMessageContaining("target");
            return true;
        }
    }

    private static Scenario scenario(RandomGenerator random, String canary) {
        String up = random.nextBoolean() ? canary : "../".repeat(random.nextInt(1, 4)) + "canary";
        Entry child = child(random, "way/in" + random.nextInt(9), up + "/secret");
        return switch (random.nextInt(14)) {
            case 0 -> refused("symlink as parent", Entries.symlink("way", up), child);
            case 1 -> refused("file as parent", Entries.file("way", DATA.length()), child);
            case 2 -> refused("parent never given", child);
            case 3 -> refused("hard link out", Entries.hardLink("way", outside(random, canary)));
            case 4 ->
                refused("hard link through a symlink", Entries.symlink("a", up), Entries.hardLink("b", "a/secret"));
            case 5 ->
                refused(
                        "directory, then symlink of the same name",
                        Entries.directory("way"),
                        Entries.symlink("way", up));
            case 6 ->
                refused(
                        "symlink, then directory of the same name",
                        Entries.symlink("way", up),
                        Entries.directory("way"),
                        child);
            case 7 -> refused("out of order", Entries.directory("way"), child, Entries.symlink("a", up));
            case 8 -> refused("hard link to a directory", Entries.directory("a"), Entries.hardLink("b", "a"));
            case 9 -> refused("impossible device", Entries.device("way", random.nextLong(1L << 45, 1L << 60)));
            case 10 -> refused("symlink target with NUL", Entries.symlink("way", up + "\0"), child);
            case 11 ->
                new Scenario(
                        "a symlink out is there already",
                        target -> Files.createSymbolicLink(target.resolve("way"), Path.of(canary)),
                        List.of(Entries.directory("way"), child),
                        child.type() == EntryType.HARD_LINK);
            case 12 ->
                new Scenario(
                        "a hard link out is there already",
                        target -> Files.writeString(target.resolve("old"), "of somebody else"),
                        List.of(Entries.hardLink("way", "old")),
                        true);
            default ->
                new Scenario(
                        "a symlink out is there where a file goes",
                        target -> Files.createSymbolicLink(target.resolve("secret"), Path.of(canary, "secret")),
                        List.of(Entries.file("secret", DATA.length())),
                        false);
        };
    }

    private static Scenario refused(String name, Entry... entries) {
        return new Scenario(name, target -> {}, List.of(entries), true);
    }

    private static String outside(RandomGenerator random, String canary) {
        return switch (random.nextInt(7)) {
            case 0 -> "../canary/secret";
            case 1 -> canary + "/secret";
            case 2 -> "./../canary/secret";
            case 3 -> "a/../../canary/secret";
            case 4 -> "a//b";
            case 5 -> "nul\0/secret";
            default -> "zzz-later";
        };
    }

    private static Entry child(RandomGenerator random, String path, String out) {
        return switch (random.nextInt(6)) {
            case 0 -> Entries.directory(path);
            case 1 -> Entries.symlink(path, out);
            case 2 -> Entries.hardLink(path, out);
            case 3 -> Entries.of(path, EntryType.FIFO, 0666, 0, 0, "");
            default -> Entries.file(path, DATA.length());
        };
    }

    @Test
    void aPathThatLeadsOutCannotEvenBeWritten() {
        String tooLong = "x".repeat(256);
        for (String path :
                List.of("..", "a/../b", "/etc/passwd", "a//b", "a/", ".", "a/./b", "nul\0", tooLong, "a/" + tooLong)) {
            assertThatThrownBy(() -> PathBytes.of(path)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void doesNotWriteThroughAHardLinkThatIsThereAlready() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path canary = makeCanary(scratch);
            Path target = Path.of(scratch.directory("target"));
            Files.createLink(target.resolve("file"), canary.resolve("secret"));
            try (TreeWriter writer = TreeWriter.open(target.toString(), TreeWriter.Existing.REPLACE)) {
                writer.begin(Entries.file("file", DATA.length()));
                writer.data(DATA);
                writer.finish();
            }
            assertThat(canary.resolve("secret")).hasContent("keep");
            assertThat(target.resolve("file")).hasContent("gotcha");
        }
    }

    @Test
    void goesOnInTheDirectoryItMadeWhenALinkIsSwappedIn() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path canary = makeCanary(scratch);
            List<Entry> before = everything(canary);
            try (TreeWriter writer = TreeWriter.open(scratch.at("target"), TreeWriter.Existing.REFUSE)) {
                writer.begin(Entries.directory("way"));
                Path target = Path.of(scratch.at("target"));
                Files.move(target.resolve("way"), target.resolve("moved"));
                Files.createSymbolicLink(target.resolve("way"), canary);
                writer.begin(Entries.file("way/in", DATA.length()));
                writer.data(DATA);
                writer.finish();
                assertThat(target.resolve("moved/in")).hasContent("gotcha");
            }
            assertThat(everything(canary)).isEqualTo(before);
        }
    }

    @Test
    void stopsWhenADirectoryItHadToCloseWasExchanged() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path canary = makeCanary(scratch);
            List<Entry> before = everything(canary);
            try (TreeWriter writer = TreeWriter.open(scratch.at("target"), TreeWriter.Existing.REFUSE)) {
                String path = "d";
                writer.begin(Entries.directory(path));
                for (int depth = 1; depth < 2 * DirectoryChain.MAX_OPEN; depth++) {
                    path += "/d";
                    writer.begin(Entries.directory(path));
                }
                Path target = Path.of(scratch.at("target"));
                Files.move(target.resolve("d/d/d"), target.resolve("moved"));
                Files.move(target.resolve("d/d"), target.resolve("moved too"));
                Files.createSymbolicLink(target.resolve("d/d"), canary);

                assertThatThrownBy(() -> writer.begin(Entries.file("d/d/e", 1)))
                        .isInstanceOf(MovedDirectoryException.class)
                        .hasMessageContaining("\"d/d\"");
            }
            assertThat(everything(canary)).isEqualTo(before);
        }
    }
}
