package io.culvert.dedupe.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry.Xattr;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetadataTest {

    @Test
    void aTargetThatIsNotEmptyIsRefusedUnlessItMayBeReplaced() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Files.writeString(Path.of(scratch.directory("target"), "old"), "of somebody else");
            assertThatThrownBy(() -> TreeWriter.open(scratch.at("target"), TreeWriter.Existing.REFUSE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is not empty");
            try (TreeWriter writer = TreeWriter.open(scratch.at("target"), TreeWriter.Existing.REPLACE)) {
                writer.begin(Entries.directory("new"));
                assertThat(writer.finish().isComplete()).isTrue();
            }
            assertThat(Path.of(scratch.at("target/old"))).hasContent("of somebody else");
        }
    }

    @Test
    void aDefaultAclOfTheTargetIsNotInheritedAndComesBack() throws IOException {
        try (Scratch scratch = new Scratch()) {
            String target = scratch.directory("target");
            setDefaultAcl(target);
            List<TreeSnapshot.Item> before = TreeSnapshot.of(target);
            try (TreeWriter writer = TreeWriter.open(target, TreeWriter.Existing.REFUSE)) {
                writer.begin(Entries.directory("d"));
                writer.begin(Entries.file("f", 0));
                writer.finish();
            }
            List<TreeSnapshot.Item> after = TreeSnapshot.of(target);
            assertThat(after)
                    .allSatisfy(item -> assertThat(item.entry().path().isRoot()
                                    || item.entry().xattrs().isEmpty())
                            .isTrue());
            assertThat(after.getFirst().entry().xattrs())
                    .isEqualTo(before.getFirst().entry().xattrs())
                    .isNotEmpty();
        }
    }

    private static void setDefaultAcl(String directory) throws IOException {
        Posix posix = new Posix(directory);
        int fd = posix.openRoot();
        byte[] acl = {2, 0, 0, 0, 1, 0, 7, 0, -1, -1, -1, -1, 4, 0, 5, 0, -1, -1, -1, -1, 32, 0, 0, 0, -1, -1, -1, -1};
        var xattr = new Xattr("system.posix_acl_default", Slice.of(acl));
        new PosixAttributes(posix).setXattr(fd, PosixAttributes.Kind.PLAIN, xattr, PathBytes.ROOT);
        posix.close(fd, PathBytes.ROOT);
    }

    @Test
    void aFileThatWasNotCompletedIsNotLeftBehind() throws IOException {
        try (Scratch scratch = new Scratch()) {
            try (TreeWriter writer = TreeWriter.open(scratch.at("target"), TreeWriter.Existing.REFUSE)) {
                writer.begin(Entries.file("all", 1));
                writer.data(Slice.of(new byte[1]));
                writer.begin(Entries.file("part", 2));
                writer.data(Slice.of(new byte[1]));
                assertThatThrownBy(writer::finish).isInstanceOf(RefusedEntryException.class);
            }
            assertThat(Path.of(scratch.at("target")).toFile().list()).containsExactly("all");
        }
    }

    @Test
    void moreDataThanTheEntrySaysIsRefused() throws IOException {
        try (Scratch scratch = new Scratch();
                TreeWriter writer = TreeWriter.open(scratch.at("target"), TreeWriter.Existing.REFUSE)) {
            writer.begin(Entries.file("f", 2));
            writer.data(Slice.of(new byte[1]));
            assertThatThrownBy(() -> writer.hole(2))
                    .isInstanceOf(RefusedEntryException.class)
                    .hasMessage("the entry \"f\" is refused: it has more data than the 2 bytes it should have");
        }
    }

    @Test
    void socketsAndTheirFurtherNamesAreLeftOutAndListed() throws IOException {
        try (Scratch scratch = new Scratch();
                TreeWriter writer = TreeWriter.open(scratch.at("target"), TreeWriter.Existing.REFUSE)) {
            writer.begin(Entries.of("a", EntryType.SOCKET, 0666, 0, 0, ""));
            writer.begin(Entries.hardLink("b", "a"));
            assertThat(writer.finish().notes())
                    .extracting(RestoreNote::detail)
                    .containsExactly(
                            "\"a\" is left out: sockets are made by the process that listens",
                            "\"b\" is left out: so is \"a\", whose further name it is");
        }
    }

    @Test
    void ownersAreFoundByNameWhereThisHostKnowsIt() throws IOException {
        OwnerNames owners = new OwnerNames();
        assertThat(owners.user(0)).isEqualTo("root");
        assertThat(owners.group(0)).isEqualTo("root");
        assertThat(owners.uid("root")).hasValue(0);
        assertThat(owners.gid("root")).hasValue(0);
        assertThat(owners.uid("nobody-of-that-name")).isEmpty();
        assertThat(owners.user(3_999_999)).isEmpty();
        assertThat(owners.uid("nul\0")).isEmpty();
    }

    @Test
    void aFailureNamesTheCallThePathAndTheReason() throws IOException {
        try (Scratch scratch = new Scratch()) {
            Posix posix = new Posix(scratch.path().toString());
            int fd = posix.openRoot();
            var path = PathBytes.of("no\nsuch");
            assertThatThrownBy(() -> posix.openFile(fd, path.toBytes(), path))
                    .hasMessage("openat " + scratch.path() + "/no\\x0asuch: no such file or directory (ENOENT)");
            assertThatThrownBy(() -> posix.openFile(fd, new byte[] {'a', 0}, path))
                    .hasMessageContaining("EINVAL");
            assertThatThrownBy(() -> posix.openFile(fd, "x".repeat(300).getBytes(StandardCharsets.UTF_8), path))
                    .hasMessageContaining("ENAMETOOLONG");
            posix.close(fd, path);
        }
    }
}
