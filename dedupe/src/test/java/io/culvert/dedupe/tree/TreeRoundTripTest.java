package io.culvert.dedupe.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TreeRoundTripTest {

    @Test
    void restoresRandomTreesAsTheyWere() throws IOException {
        for (long seed = 1; seed <= 25; seed++) {
            System.out.println("random tree, seed " + seed);
            try (Scratch scratch = new Scratch();
                    RandomTree tree = new RandomTree(scratch.directory("source"), new Random(seed))) {
                tree.fill();

                RestoreReport report = TreeCopy.copy(scratch.at("source"), scratch.at("target"));

                assertThat(report.notes()).as("seed %d", seed).isEmpty();
                assertThat(TreeSnapshot.of(scratch.at("target")))
                        .as("seed %d", seed)
                        .isEqualTo(TreeSnapshot.of(scratch.at("source")));
            }
        }
    }

    @Test
    void restoresOverAnotherTreeWhatTheSnapshotNames() throws IOException {
        for (long seed = 1; seed <= 10; seed++) {
            System.out.println("random tree over another, seed " + seed);
            try (Scratch scratch = new Scratch();
                    RandomTree source = new RandomTree(scratch.directory("source"), new Random(seed))) {
                source.fill();
                TreeCopy.copy(scratch.at("source"), scratch.at("target"));
                try (TreeWriter again = TreeWriter.open(scratch.at("target"), TreeWriter.Existing.REPLACE)) {
                    assertThat(TreeCopy.copy(scratch.at("source"), again).notes())
                            .isEmpty();
                }
                assertThat(TreeSnapshot.of(scratch.at("target")))
                        .as("seed %d", seed)
                        .isEqualTo(TreeSnapshot.of(scratch.at("source")));
            }
        }
    }

    @Test
    void reachesDeeperThanTheLongestPathOfTheKernelWithFewDescriptors() throws IOException {
        try (Scratch scratch = new Scratch()) {
            int levels = makeDeepTree(scratch.directory("source"));

            TreeCopy.copy(scratch.at("source"), scratch.at("target"));

            List<TreeSnapshot.Item> restored = TreeSnapshot.of(scratch.at("target"));
            assertThat(restored).isEqualTo(TreeSnapshot.of(scratch.at("source")));
            assertThat(restored).hasSize(1 + 2 * levels);
            assertThat(restored).anyMatch(item -> item.entry().path().lengthBytes() > 4 * 4096);
        }
    }

    /** Directories below each other, names of 255 bytes first, and beside each a file that comes after it. */
    private static int makeDeepTree(String root) throws IOException {
        Posix posix = new Posix(root);
        int levels = 3 * DirectoryChain.MAX_OPEN;
        byte[] longName = new byte[255];
        Arrays.fill(longName, (byte) 'd');
        int fd = posix.openRoot();
        try (DirectoryChain chain =
                new DirectoryChain(posix, fd, posix.stat(fd, PathBytes.ROOT).id())) {
            for (int level = 0; level < levels; level++) {
                byte[] name = level < levels / 2 ? longName : new byte[] {'d'};
                posix.makeDirectory(chain.fd(), name, chain.path());
                posix.close(posix.createFile(chain.fd(), new byte[] {'z'}, chain.path()), chain.path());
                chain.enter(name, chain.path().resolve(name));
            }
        }
        return levels;
    }

    @Test
    void leavesHolesAsHoles() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path sparse = Path.of(scratch.directory("source"), "sparse");
            try (FileChannel file = FileChannel.open(sparse, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap("begin".getBytes(StandardCharsets.UTF_8)), 1L << 30);
                file.write(ByteBuffer.wrap("end".getBytes(StandardCharsets.UTF_8)), 1L << 40);
            }

            TreeCopy.copy(scratch.at("source"), scratch.at("target"));

            Posix posix = new Posix(scratch.at("target/sparse"));
            int fd = posix.openRootFile();
            Stat restored = posix.stat(fd, PathBytes.ROOT);
            posix.close(fd, PathBytes.ROOT);
            assertThat(restored.content().sizeBytes()).isEqualTo((1L << 40) + 3);
            assertThat(restored.content().allocatedBytes()).isLessThan(1 << 20);
            assertThat(Files.size(Path.of(scratch.at("target/sparse")))).isEqualTo(Files.size(sparse));
        }
    }

    @Test
    void keepsHardLinksTogetherEvenOfSymlinks() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path source = Path.of(scratch.directory("source"));
            Files.createDirectory(source.resolve("b"));
            Files.writeString(source.resolve("b/second"), "linked");
            Files.createLink(source.resolve("a-first"), source.resolve("b/second"));
            Files.createLink(source.resolve("c-third"), source.resolve("b/second"));

            TreeCopy.copy(scratch.at("source"), scratch.at("target"));

            List<TreeSnapshot.Item> restored = TreeSnapshot.of(scratch.at("target"));
            assertThat(restored)
                    .extracting(item -> item.entry().type())
                    .containsExactly(
                            EntryType.DIRECTORY,
                            EntryType.FILE,
                            EntryType.DIRECTORY,
                            EntryType.HARD_LINK,
                            EntryType.HARD_LINK);
            assertThat(restored.getLast().entry().target().toArray())
                    .isEqualTo("a-first".getBytes(StandardCharsets.UTF_8));
            assertThat(Files.getAttribute(Path.of(scratch.at("target/c-third")), "unix:nlink"))
                    .isEqualTo(3);
        }
    }
}
