package io.culvert.gateway.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.ManifestWriter;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.PoolSettings;
import io.culvert.dedupe.segment.SegmentEncoder;
import io.culvert.proto.session.Refs;
import io.culvert.proto.v1.ReadReply;
import io.culvert.proto.v1.ReadSegment;
import io.culvert.proto.v1.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends of reading back, over a real pool: what goes out, and that it comes in order. */
final class ReadBackTest {
    private static final String MINE = "attempt-of-mine";
    private static final String OTHER = "attempt-of-another";

    private final Fingerprinter fingerprinter = Fingerprinter.fastest();
    private final List<ReadReply> replies = new ArrayList<>();
    private Path home;
    private Pool pool;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        home = directory.resolve("pool");
        pool = Pool.open(PoolSettings.of("main", home, 0), InstantSource.system());
    }

    @AfterEach
    void close() throws IOException {
        pool.close();
    }

    /** Stores chunks as one segment. */
    private List<ChunkRef> store(String attempt, List<byte[]> chunks) throws IOException {
        try (SegmentEncoder encoder = new SegmentEncoder()) {
            chunks.forEach(chunk -> assertThat(encoder.add(Slice.of(chunk))).isTrue());
            var segment = encoder.finishVerified(fingerprinter);
            pool.append(segment, attempt);
            return segment.chunks();
        }
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A leaf with one file of these chunks. */
    private RestoreLeaf leaf(List<ChunkRef> chunks) throws IOException {
        List<RestoreLeaf> leaves = new ArrayList<>();
        ManifestWriter writer = new ManifestWriter(fingerprinter, (node, bytes, isLeaf) -> {
            if (isLeaf) {
                leaves.add(RestoreLeaf.of(Slice.of(bytes.toArray())));
            }
        });
        long size = chunks.stream().mapToLong(ChunkRef::lengthBytes).sum();
        writer.entry(Snapshots.entry("", EntryType.FILE, size, ""));
        for (ChunkRef chunk : chunks) {
            writer.extent(new Extent.Data(chunk));
        }
        writer.finish();
        return leaves.getFirst();
    }

    private void send(List<RestoreLeaf> leaves) throws IOException {
        try (StoredSegments out = new StoredSegments(
                pool, Set.of(MINE), reply -> replies.add(ReadReply.parseFrom(reply.toByteArray())))) {
            out.batch(leaves);
            out.end();
        }
    }

    private static final class Taken implements RestoreSink {
        private final List<ChunkRef> order = new ArrayList<>();
        private final List<byte[]> data = new ArrayList<>();
        private int leaves;
        private boolean ended;

        @Override
        public void leaf(Slice leaf) {
            leaves++;
        }

        @Override
        public void data(ChunkRef chunk, Slice bytes) {
            order.add(chunk);
            data.add(bytes.toArray());
        }

        @Override
        public void end() {
            ended = true;
        }
    }

    private static Taken take(List<ReadReply> replies) throws IOException {
        Taken taken = new Taken();
        try (SnapshotAssembly in = new SnapshotAssembly("busan", taken)) {
            for (ReadReply reply : replies) {
                assertThat(in.take(reply)).isEqualTo(reply.hasEnd());
            }
        }
        return taken;
    }

    @Test
    void whateverLiesWhereComesInTheOrderOfTheManifest() throws IOException {
        for (long seed = 0; seed < 60; seed++) {
            replies.clear();
            Random random = new Random(seed);
            List<ChunkRef> stored = new ArrayList<>();
            List<byte[]> contents = new ArrayList<>();
            for (int segment = 0; segment < 1 + random.nextInt(8); segment++) {
                List<byte[]> chunks = new ArrayList<>();
                for (int i = 0; i < 1 + random.nextInt(12); i++) {
                    chunks.add(bytes(random, 1 + random.nextInt(60_000)));
                }
                stored.addAll(store(random.nextBoolean() ? MINE : OTHER, chunks));
                contents.addAll(chunks);
            }
            List<RestoreLeaf> leaves = new ArrayList<>();
            List<ChunkRef> expected = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(5); i++) {
                List<ChunkRef> named = new ArrayList<>();
                for (int n = random.nextInt(100); n > 0; n--) {
                    named.add(stored.get(random.nextInt(stored.size())));
                }
                if (random.nextBoolean()) {
                    Collections.sort(named, java.util.Comparator.comparingInt(stored::indexOf));
                }
                leaves.add(leaf(named));
                expected.addAll(named);
            }
            send(leaves);
            Taken taken = take(replies);
            assertThat(taken.order).as("seed " + seed).isEqualTo(expected);
            assertThat(taken.leaves).as("seed " + seed).isEqualTo(leaves.size());
            assertThat(taken.ended).isTrue();
            for (int i = 0; i < expected.size(); i++) {
                assertThat(taken.data.get(i)).isEqualTo(contents.get(stored.indexOf(expected.get(i))));
            }
        }
    }

    @Test
    void aSegmentOfTheDatasetsOwnGoesOutAsItIsStored() throws IOException {
        byte[] text = "the same again and again; ".repeat(2000).getBytes(StandardCharsets.UTF_8);
        List<ChunkRef> stored = store(MINE, List.of(text, bytes(new Random(1), 9000), bytes(new Random(2), 9000)));
        send(List.of(leaf(stored.subList(0, 2))));
        ReadSegment sent = replies.get(1).getSegment();
        assertThat(sent.getRefs()).isEqualTo(Refs.pack(stored));
        assertThat(sent.getPayload().size()).isLessThan(text.length);
        assertThat(take(replies).order).isEqualTo(stored.subList(0, 2));
    }

    @Test
    void whatAnotherDatasetStoredBesideItDoesNotGoOut() throws IOException {
        byte[] shared = bytes(new Random(1), 50_000);
        byte[] secret = "not for the reader ".repeat(100).getBytes(StandardCharsets.UTF_8);
        List<ChunkRef> stored = store(OTHER, List.of(shared, secret));
        send(List.of(leaf(stored.subList(0, 1))));
        for (ReadReply reply : replies) {
            assertThat(reply.getSegment().getRefs()).isNotEqualTo(Refs.pack(stored));
        }
        assertThat(replies.get(1).getSegment().getRefs()).isEqualTo(Refs.pack(stored.subList(0, 1)));
        assertThat(take(replies).data).containsExactly(shared);
    }

    @Test
    void damageIsFoundHereAndWhatIsStoredAnewIsSentInstead() throws IOException {
        byte[] content = bytes(new Random(1), 50_000);
        RestoreLeaf leaf =
                leaf(store(MINE, List.of(content, bytes(new Random(2), 100))).subList(0, 1));
        pool.force();
        flipTheMiddle();
        assertThatExceptionOfType(CorruptChunkException.class).isThrownBy(() -> send(List.of(leaf)));
        replies.clear();
        store(OTHER, List.of(content));
        send(List.of(leaf));
        assertThat(take(replies).data).containsExactly(content);
    }

    private void flipTheMiddle() throws IOException {
        Path container;
        try (Stream<Path> files = Files.list(home.resolve("containers"))) {
            container = files.filter(file -> file.toString().endsWith(".seg"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(container);
        bytes[25_000] ^= 1;
        Files.write(container, bytes, StandardOpenOption.WRITE);
        assertThat(pool.usage().damagedRanges()).isZero();
    }

    @Test
    void aWindowHoldsNoMoreThanItsBound() throws IOException {
        List<ChunkRef> named = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            byte[] name = {(byte) i};
            named.add(new ChunkRef(fingerprinter.of(name, 0, 1), 500_000));
        }
        List<List<ChunkRef>> windows = ReadWindow.divide(List.of(leaf(named)));
        assertThat(windows).hasSize(4);
        assertThat(windows)
                .allSatisfy(window -> assertThat(
                                window.stream().mapToLong(ChunkRef::lengthBytes).sum())
                        .isBetween(1L, (long) ReadWindow.BYTES));
        assertThat(windows.stream().flatMap(List::stream).toList()).isEqualTo(named);
    }

    @Test
    void aPeerThatSendsWhatIsNotDueIsFoundOut() throws IOException {
        List<ChunkRef> first = store(MINE, List.of(bytes(new Random(1), 1000)));
        send(List.of(leaf(first)));
        ReadReply leaves = replies.get(0);
        ReadReply segment = replies.get(1);
        ReadReply end = replies.get(2);
        replies.clear();
        store(MINE, List.of(bytes(new Random(2), 1000)));
        ReadReply stranger = ReadReply.newBuilder()
                .setSegment(replies(store(MINE, List.of(bytes(new Random(3), 1000)))))
                .build();
        assertThatExceptionOfType(CorruptChunkException.class)
                .isThrownBy(() -> take(List.of(leaves, stranger)))
                .withMessageContaining("nothing that is due");
        for (List<ReadReply> wrong : List.of(
                List.of(segment), List.of(leaves, segment, segment), List.of(leaves, end), List.of(leaves, leaves))) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> take(wrong))
                    .satisfies(refused -> assertThat(refused.code()).isEqualTo(Refused.Code.PROTOCOL));
        }
        assertThat(take(List.of(leaves, segment, end)).order).isEqualTo(first);
    }

    private ReadSegment replies(List<ChunkRef> chunks) throws IOException {
        send(List.of(leaf(chunks)));
        return replies.get(1).getSegment();
    }
}
