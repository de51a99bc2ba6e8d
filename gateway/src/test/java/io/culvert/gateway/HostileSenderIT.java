package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.ManifestWriter;
import io.culvert.dedupe.manifest.PathBytes;
import io.culvert.dedupe.segment.Codec;
import io.culvert.gateway.identity.Endpoint;
import io.culvert.gateway.identity.Scheduler;
import io.culvert.gateway.identity.SiteIdentity;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.StreamSettings;
import io.culvert.gateway.stream.StreamState;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.session.Refs;
import io.culvert.proto.v1.Begin;
import io.culvert.proto.v1.Commit;
import io.culvert.proto.v1.Query;
import io.culvert.proto.v1.ReceiverMessage;
import io.culvert.proto.v1.Refused;
import io.culvert.proto.v1.SegmentData;
import io.culvert.proto.v1.SenderMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A peer with a good certificate, a grant and bad intentions: this process takes the place of near's gateway, with its
 * identity, and sends to a real gateway what no gateway sends. Each is refused by name, and nothing becomes visible.
 */
final class HostileSenderIT {

    private static final long BOMB_BYTES = 1L << 30;

    /** More than a gateway of these settings takes when it is busy, less than the bomb. */
    private static final long MEMORY_BYTES = 700L << 20;

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static final ScheduledExecutorService TIMERS = Executors.newScheduledThreadPool(1);
    private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();
    private static long fence = 1L << 40;
    private static String honest = "";
    private static SiteIdentity identity;
    private static PeerStreams streams;

    @BeforeAll
    static void start() throws Exception {
        Path data = SITES.data();
        Files.writeString(data.resolve("file"), "honest");
        SITES.near()
                .settings("datasets:\n  data: {kind: tree, path: \"%s\", replicateTo: [{peer: far, pool: main}]}\n"
                        .formatted(data));
        SITES.far().settings("grants:\n  near: {write: [main]}\n");
        SITES.startAndEnrol();
        honest = SITES.near().replicate("data").snapshot().orElseThrow();
        SITES.near().stop();
        Site near = SITES.near();
        identity = SiteIdentity.open(
                new SiteIdentity.Settings(
                        near.directory(), new Endpoint("127.0.0.1", near.port()), List.of("127.0.0.1")),
                new SiteIdentity.Surroundings(
                        InstantSource.system(), System::nanoTime, new SecureRandom(), Scheduler.of(TIMERS), THREADS));
        streams = PeerStreams.start(
                StreamSettings.of(
                        "near",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), near.port()),
                        List.of(identity.service())),
                new SiteSecurity(identity.contexts(), new Whereabouts()));
        streams.await("far");
        Await.until(
                "far has dialled", Site.PATIENCE, () -> streams.status("far").state() == StreamState.UP);
    }

    @AfterAll
    static void end() throws Exception {
        streams.close();
        identity.close();
        THREADS.shutdownNow();
        TIMERS.shutdownNow();
        assertThat(SITES.directory().resolve("escaped")).doesNotExist();
    }

    /** One session with far, said by hand. */
    private static final class Session implements AutoCloseable {
        private final Channel channel;

        Session() throws Exception {
            channel = streams.open("far", ChannelKind.REPLICATION, Slice.empty());
            say(SenderMessage.newBuilder()
                    .setBegin(Begin.newBuilder()
                            .setJob("data@far-evil")
                            .setDataset("data")
                            .setPool("main")
                            .setAttempt("evil-" + fence)
                            .setFenceEpoch(fence++)
                            .setFenceRevision(1)
                            .setKind("tree")));
            ReceiverMessage answer = hear();
            assertThat(answer.hasAccepted()).as("%s", answer).isTrue();
        }

        void say(SenderMessage.Builder message) throws Exception {
            channel.send(Slice.of(message.build().toByteArray()));
        }

        ReceiverMessage hear() throws Exception {
            Slice bytes = channel.receive(Duration.ofSeconds(30)).orElseThrow();
            return ReceiverMessage.parser().parseFrom(bytes.array(), bytes.offset(), bytes.length());
        }

        /** Sends chunks that are missing there, as one segment. */
        void send(List<ChunkRef> refs, Codec codec, byte[] payload) throws Exception {
            say(SenderMessage.newBuilder()
                    .setQuery(Query.newBuilder().setFirst(0).setRefs(Refs.pack(refs))));
            assertThat(hear().getMissing().getCount()).isEqualTo(refs.size());
            SegmentData.Builder segment = SegmentData.newBuilder()
                    .setCodec(codec.id())
                    .setPayload(ByteString.copyFrom(payload))
                    .addOrdinals(0);
            say(SenderMessage.newBuilder().setSegment(segment));
        }

        void commit(ChunkRef root, int level) throws Exception {
            say(SenderMessage.newBuilder()
                    .setCommit(Commit.newBuilder()
                            .setRoot(Refs.pack(List.of(root)))
                            .setLevel(level)
                            .setEntries(2)
                            .setCreatedMillis(System.currentTimeMillis())));
        }

        Refused refusal() throws Exception {
            ReceiverMessage message = hear();
            while (message.hasAcknowledged()) {
                message = hear();
            }
            assertThat(message.hasRefused()).as("%s", message).isTrue();
            return message.getRefused();
        }

        @Override
        public void close() {
            channel.close();
        }
    }

    private static ChunkRef ref(byte[] bytes) {
        return new ChunkRef(Fingerprinter.fastest().of(bytes, 0, bytes.length), bytes.length);
    }

    private static Entry entry(PathBytes path, EntryType type) {
        Entry.Timestamp time = new Entry.Timestamp(1_700_000_000, 0);
        return new Entry(
                path,
                type,
                new Entry.Access(0755, 0, 0, "", ""),
                new Entry.Stamp(0, time, time, 1),
                0,
                Slice.empty(),
                List.of());
    }

    /** The one leaf of a manifest of a root and two files, in which a name is then written over. */
    private static byte[] leaf(String name, String written) throws IOException {
        byte[][] bytes = new byte[1][];
        ManifestWriter writer =
                new ManifestWriter(Fingerprinter.fastest(), (node, leaf, isLeaf) -> bytes[0] = leaf.toArray());
        writer.entry(entry(PathBytes.ROOT, EntryType.DIRECTORY));
        writer.entry(entry(PathBytes.of("b-first"), EntryType.FILE));
        writer.entry(entry(PathBytes.of(name), EntryType.FILE));
        writer.finish();
        String text = new String(bytes[0], StandardCharsets.ISO_8859_1);
        assertThat(text).contains(name);
        return text.replace(name, written).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void assertNothingHappened() throws Exception {
        assertThat(SITES.far().client().snapshots(java.util.Optional.empty(), java.util.Optional.empty()))
                .extracting("id")
                .containsExactly(honest);
        SITES.far().run("verify").succeeded();
        assertThat(SITES.far().client().status().gateway().residentBytes()).isLessThan(MEMORY_BYTES);
    }

    @ParameterizedTest
    @CsvSource({
        "xx, ..",
        "xx/escaped, ../escaped",
        "xescaped, /escaped",
        "x/xx/escaped, x/../escaped",
        "x/x/escaped, x/./escaped",
        "x-xescaped, x//escaped",
        "c-first, b-first",
        "c-first, a-first",
    })
    void aManifestWithNamesThatNoTreeHasIsRefused(String name, String written) throws Exception {
        byte[] leaf = leaf(name, written);
        try (Session session = new Session()) {
            session.send(List.of(ref(leaf)), Codec.RAW, leaf);
            assertThat(session.hear().getAcknowledged().getSegments()).isOne();
            session.commit(ref(leaf), 0);
            assertThat(session.refusal().getCode()).isEqualTo(Refused.Code.CORRUPT);
        }
        assertNothingHappened();
    }

    @Test
    void aBombIsRefusedBeforeItIsUnpacked() throws Exception {
        byte[] bomb = bomb();
        assertThat(bomb.length).isLessThan(40_000);
        byte[] claimed = new byte[500_000];
        try (Session session = new Session()) {
            session.send(List.of(ref(claimed)), Codec.ZSTD, bomb);
            Refused refused = session.refusal();
            assertThat(refused.getCode()).isEqualTo(Refused.Code.CORRUPT);
            assertThat(refused.getReason()).contains("declares 1073741824 bytes where its chunks have 500000");
        }
        assertNothingHappened();
    }

    @Test
    void aChunkThatIsNotWhatItIsCalledAndASnapshotWithoutItsChunksAreRefused() throws Exception {
        byte[] claimed = "what was promised".getBytes(StandardCharsets.UTF_8);
        byte[] sent = "what really is in".getBytes(StandardCharsets.UTF_8);
        try (Session session = new Session()) {
            session.send(List.of(ref(claimed)), Codec.RAW, sent);
            assertThat(session.refusal().getCode()).isEqualTo(Refused.Code.CORRUPT);
        }
        try (Session session = new Session()) {
            session.commit(ref(claimed), 0);
            assertThat(session.refusal().getCode()).isEqualTo(Refused.Code.INCOMPLETE);
        }
        assertNothingHappened();
        SITES.far().assertRestores(honest, SITES.data());
    }

    private static byte[] bomb() {
        ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20);
        ByteBuffer frame = ByteBuffer.allocateDirect(1 << 20);
        try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
            zstd.setPledgedSrcSize(BOMB_BYTES);
            for (long left = BOMB_BYTES; left > 0; left -= piece.capacity()) {
                EndDirective end = left > piece.capacity() ? EndDirective.CONTINUE : EndDirective.END;
                assertThat(zstd.compressDirectByteBufferStream(frame, piece.clear(), end))
                        .isTrue();
            }
        }
        byte[] bytes = new byte[frame.flip().remaining()];
        frame.get(bytes);
        return bytes;
    }
}
