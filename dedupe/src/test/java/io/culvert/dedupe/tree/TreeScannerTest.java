package io.culvert.dedupe.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.api.Test;

class TreeScannerTest {

    /** What happens when the walk comes to an entry. */
    private interface Action {
        void at(ScannedEntry entry) throws IOException;
    }

    private static List<ScanProblem> problems(String root, Action action) throws IOException {
        List<ScanProblem> problems = new ArrayList<>();
        try (TreeScanner scanner = TreeScanner.open(root, TreeCopy.EVERYTHING, InstantSource.system())) {
            scanner.scan(new TreeVisitor() {
                @Override
                public void visit(ScannedEntry entry) throws IOException {
                    action.at(entry);
                }

                @Override
                public void problem(ScanProblem problem) {
                    problems.add(problem);
                }
            });
        }
        return problems;
    }

    @Test
    void walksInTheOrderOfAManifest() throws IOException {
        for (long seed = 100; seed < 105; seed++) {
            try (Scratch scratch = new Scratch();
                    RandomTree tree = new RandomTree(scratch.directory("source"), new Random(seed))) {
                tree.fill();
                List<PathBytes> paths = new ArrayList<>();
                assertThat(problems(scratch.at("source"), entry -> paths.add(entry.path())))
                        .isEmpty();
                assertThat(paths)
                        .as("seed %d", seed)
                        .isSorted()
                        .doesNotHaveDuplicates()
                        .startsWith(PathBytes.ROOT);
            }
        }
    }

    @Test
    void comparesNamesByUnsignedBytesComponentByComponent() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            Files.createDirectory(source.resolve("a"));
            for (String name : List.of("a/z", "a.txt", "a-b", "\u00e9", "z")) {
                Files.writeString(source.resolve(name), "");
            }
            assertThat(TreeSnapshot.names(source.toString(), TreeCopy.EVERYTHING))
                    .containsExactly(".", "a", "a/z", "a-b", "a.txt", "z", "\u00e9");
        }
    }

    @Test
    void leavesOutWhatIsExcludedAndWhatIsBelowIt() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            Files.createDirectories(source.resolve("cache/x"));
            Files.createDirectories(source.resolve("src/cache"));
            for (String name : List.of("a.tmp", "cache/x/y", "src/b.tmp", "src/keep", "src/cache/z")) {
                Files.writeString(source.resolve(name), "");
            }
            ScanSettings settings = new ScanSettings(ExcludePatterns.of(List.of("*.tmp", "/cache/")), false);
            assertThat(TreeSnapshot.names(source.toString(), settings))
                    .containsExactly(".", "src", "src/cache", "src/cache/z", "src/keep");
        }
    }

    @Test
    void namesAFileThatVanished() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            Files.writeString(source.resolve("a"), "");
            Files.writeString(source.resolve("b"), "");
            List<ScanProblem> problems = problems(source.toString(), entry -> {
                if (entry.path().equals(PathBytes.of("a"))) {
                    Files.delete(source.resolve("b"));
                }
                entry.entry();
            });
            assertThat(problems).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(ScanProblem.Kind.VANISHED);
                assertThat(problem.path()).isEqualTo(PathBytes.of("b"));
                assertThat(problem.detail()).contains(source + "/b").contains("ENOENT");
            });
        }
    }

    @Test
    void namesAFileThatVanishedBeforeItWasOpened() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            Files.writeString(source.resolve("a"), "");
            List<ScanProblem> problems = problems(source.toString(), entry -> {
                if (entry.type() == EntryType.FILE) {
                    Files.delete(source.resolve("a"));
                    entry.open().close();
                }
            });
            assertThat(problems).extracting(ScanProblem::kind).containsExactly(ScanProblem.Kind.VANISHED);
        }
    }

    @Test
    void doesNotFollowASymlinkThatTakesADirectorysPlace() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path elsewhere = Path.of(scratch.directory("elsewhere"));
            Files.writeString(elsewhere.resolve("f"), "secret");
            Path source = Path.of(scratch.directory("source"));
            Files.createDirectory(source.resolve("d"));
            Files.writeString(source.resolve("d/f"), "");
            List<PathBytes> seen = new ArrayList<>();
            List<ScanProblem> problems = problems(source.toString(), entry -> {
                seen.add(entry.path());
                if (entry.path().equals(PathBytes.of("d"))) {
                    Files.delete(source.resolve("d/f"));
                    Files.delete(source.resolve("d"));
                    Files.createSymbolicLink(source.resolve("d"), elsewhere);
                } else if (entry.type() == EntryType.FILE) {
                    entry.open().close();
                }
            });
            assertThat(problems)
                    .containsExactly(new ScanProblem(
                            ScanProblem.Kind.REPLACED,
                            PathBytes.of("d"),
                            "the directory \"d\" was moved or exchanged while it was in use"));
            assertThat(seen).containsExactly(PathBytes.ROOT, PathBytes.of("d"), PathBytes.of("d/f"));
        }
    }

    @Test
    void doesNotOpenASymlinkThatTakesAFilesPlace() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            Files.writeString(source.resolve("f"), "");
            List<ScanProblem> problems = problems(source.toString(), entry -> {
                if (entry.type() == EntryType.FILE) {
                    Files.delete(source.resolve("f"));
                    Files.createSymbolicLink(source.resolve("f"), Path.of("/etc/hostname"));
                    entry.open().close();
                }
            });
            assertThat(problems).extracting(ScanProblem::kind).containsExactly(ScanProblem.Kind.REPLACED);
        }
    }

    @Test
    void noticesAnotherFileInPlaceOfTheOneItSaw() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            Files.writeString(source.resolve("f"), "");
            Files.writeString(source.resolve("other"), "");
            List<ScanProblem> problems = problems(source.toString(), entry -> {
                if (entry.path().equals(PathBytes.of("f"))) {
                    Files.move(source.resolve("other"), source.resolve("g"));
                    Files.delete(source.resolve("f"));
                    Files.move(source.resolve("g"), source.resolve("f"));
                }
                entry.entry();
            });
            assertThat(problems)
                    .extracting(ScanProblem::kind)
                    .containsExactly(ScanProblem.Kind.REPLACED, ScanProblem.Kind.VANISHED);
        }
    }

    @Test
    void takesLoopsOfSymlinksAsTheyAre() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            Files.createSymbolicLink(source.resolve("a"), Path.of("b"));
            Files.createSymbolicLink(source.resolve("b"), Path.of("a"));
            Files.createSymbolicLink(source.resolve("here"), Path.of("."));
            assertThat(TreeSnapshot.names(source.toString(), TreeCopy.EVERYTHING))
                    .containsExactly(".", "a", "b", "here");
        }
    }

    @Test
    void saysWhereAnotherFileSystemBeginsAndWhatItLeavesOut() throws IOException {
        List<ScanProblem> problems = new ArrayList<>();
        try (TreeScanner scanner = TreeScanner.open(
                "/",
                new ScanSettings(ExcludePatterns.of(List.of("[!p]*", "p[!r]*", "/proc/?*")), false),
                InstantSource.system())) {
            scanner.scan(new TreeVisitor() {
                @Override
                public void visit(ScannedEntry entry) {}

                @Override
                public void problem(ScanProblem problem) {
                    problems.add(problem);
                }
            });
        }
        assertThat(problems)
                .contains(new ScanProblem(
                        ScanProblem.Kind.OTHER_FILE_SYSTEM,
                        PathBytes.of("proc"),
                        "\"proc\" is the root of another file system, which is not asked for"));
    }

    @Test
    void recognisesAnUnchangedEntryByItsStampAlone() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            Files.writeString(source.resolve("f"), "one");
            Files.createLink(source.resolve("g"), source.resolve("f"));
            List<Entry> before = new ArrayList<>();
            problems(source.toString(), entry -> before.add(entry.entry()));
            List<Boolean> same = new ArrayList<>();
            problems(source.toString(), entry -> same.add(entry.isUnchanged(before.get(same.size()))));
            assertThat(same).containsExactly(true, true, true);

            Files.writeString(source.resolve("f"), "two");
            same.clear();
            problems(source.toString(), entry -> same.add(entry.isUnchanged(before.get(same.size()))));
            assertThat(same).containsExactly(true, false, false);
        }
    }

    @Test
    void forgetsHardLinksOnceAllTheirNamesWereSeen() {
        HardLinks links = new HardLinks();
        Stat.Content content = new Stat.Content(0, 0, Entries.TIME, Entries.TIME);
        Stat stat = new Stat(new FileId(1, 2), Stat.TYPE_FILE, 3, 0, 0, 0, content);
        assertThat(links.firstName(stat, PathBytes.of("a"))).isEmpty();
        assertThat(links.firstName(stat, PathBytes.of("b"))).contains(PathBytes.of("a"));
        assertThat(links.size()).isEqualTo(1);
        assertThat(links.firstName(stat, PathBytes.of("c"))).contains(PathBytes.of("a"));
        assertThat(links.size()).isZero();
    }

    @Test
    void saysWhichRootItCannotOpen() {
        assertThatThrownBy(() -> TreeScanner.open("/no/such/place", TreeCopy.EVERYTHING, InstantSource.system()))
                .isInstanceOf(PosixException.class)
                .hasMessage("openat /no/such/place: no such file or directory (ENOENT)");
    }

    @Test
    void keepsNamesThatAreNoUtf8() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Posix posix = new Posix(scratch.directory("source"));
            byte[] name = "caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
            int root = posix.openRoot();
            posix.close(posix.createFile(root, name, PathBytes.ROOT), PathBytes.ROOT);
            posix.close(root, PathBytes.ROOT);
            List<byte[]> names = new ArrayList<>();
            problems(scratch.at("source"), entry -> names.add(entry.path().toBytes()));
            assertThat(names.getLast()).isEqualTo(name);
        }
    }
}
