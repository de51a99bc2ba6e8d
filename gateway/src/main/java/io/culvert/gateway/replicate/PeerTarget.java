package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.segment.Segment;
import io.culvert.dedupe.segment.SegmentEncoder;
import io.culvert.gateway.stream.Channel;
import io.culvert.proto.session.Refs;
import io.culvert.proto.session.SessionLimits;
import io.culvert.proto.v1.Begin;
import io.culvert.proto.v1.Commit;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pool at a peer.
 *
 * <p>The caller's thread asks which chunks are missing, in batches and ahead of the answers; a platform thread packs,
 * compresses and sends what is missing. {@link SenderConversation} stands between them and the channel.
 */
final class PeerTarget implements SnapshotTarget {

    /** Chunks in one question: few enough that small files do not wait, many enough that headers do not count. */
    private static final int QUESTION = 256;

    /** Leaves in one question for closure. */
    private static final int CLOSURE_QUESTION = 64;

    /** A segment that is not full is sent when the source has brought nothing for so long. */
    private static final Duration IDLE = Duration.ofMillis(100);

    private final String peer;
    private final SenderConversation conversation;
    private final BlockPool blocks;
    private final Progress progress;
    private final SegmentPacker packer;
    private final RecentChunks recent = new RecentChunks();
    private List<ChunkOffer> question = new ArrayList<>();
    private List<SenderConversation.Unchanged> closureQuestion = new ArrayList<>();
    private @Nullable Thread packing;

    PeerTarget(Channel channel, BlockPool blocks, SegmentEncoder encoder, Progress progress) {
        this.peer = channel.peer();
        this.conversation = new SenderConversation(channel, progress);
        this.blocks = blocks;
        this.progress = progress;
        this.packer = new SegmentPacker(encoder, SessionLimits.MAX_REFS, this::sendSegment);
    }

    /**
     * Begins the session and waits until the peer accepts it.
     *
     * @throws RefusedException if it does not
     */
    void begin(Begin begin) throws IOException, InterruptedException {
        packing = Thread.ofPlatform().daemon().name("pack for " + peer).start(this::packAll);
        conversation.begin(begin);
    }

    @Override
    public BlockPool.Block block() throws IOException, InterruptedException {
        BlockPool.Block block = blocks.poll();
        while (block == null) {
            ask();
            askUnknown();
            conversation.check();
            block = blocks.take(IDLE);
        }
        return block;
    }

    @Override
    public void offer(ChunkOffer chunk) throws IOException, InterruptedException {
        progress.chunks.increment();
        if (!recent.add(chunk.ref().fingerprint())) {
            chunk.letGo();
            return;
        }
        question.add(chunk);
        if (question.size() == QUESTION) {
            ask();
        }
    }

    @Override
    public void offerUnchanged(ChunkRef leaf, Slice bytes, List<ChunkOffer.Known> named)
            throws IOException, InterruptedException {
        closureQuestion.add(new SenderConversation.Unchanged(leaf, Slice.of(bytes.toArray()), List.copyOf(named)));
        if (closureQuestion.size() == CLOSURE_QUESTION) {
            askClosure();
        }
        askUnknown();
    }

    private void ask() throws IOException, InterruptedException {
        if (!question.isEmpty()) {
            List<ChunkOffer> offers = question;
            question = new ArrayList<>(QUESTION);
            conversation.askFor(offers);
        }
    }

    private void askClosure() throws IOException, InterruptedException {
        if (!closureQuestion.isEmpty()) {
            List<SenderConversation.Unchanged> leaves = closureQuestion;
            closureQuestion = new ArrayList<>(CLOSURE_QUESTION);
            conversation.askForClosure(leaves);
        }
    }

    /** Asks chunk by chunk for what leaves name that the peer did not know whole. */
    private void askUnknown() throws IOException, InterruptedException {
        for (var leaf = conversation.pollUnknown(); leaf != null; leaf = conversation.pollUnknown()) {
            for (ChunkOffer.Known known : leaf.named()) {
                offer(known);
            }
            offer(new ChunkOffer.Owned(leaf.leaf(), leaf.bytes()));
        }
    }

    @Override
    public String commit(ManifestRoot root, Instant created, String label) throws IOException, InterruptedException {
        boolean settled = false;
        while (!settled) {
            askClosure();
            askUnknown();
            ask();
            settled = conversation.awaitSettled();
        }
        return conversation.commit(Commit.newBuilder()
                .setRoot(Refs.pack(List.of(root.node())))
                .setLevel(root.level())
                .setEntries(root.entries())
                .setSourceBytes(root.sourceBytes())
                .setCreatedMillis(created.toEpochMilli())
                .setLabel(label)
                .build());
    }

    private void packAll() {
        try {
            boolean more = true;
            while (more) {
                switch (conversation.next(!packer.isEmpty(), IDLE.toNanos())) {
                    case SenderConversation.Next.Chunk chunk -> packer.add(chunk.ordinal(), chunk.offer());
                    case SenderConversation.Next.Flush flush -> packer.flush();
                    case SenderConversation.Next.End end -> more = false;
                }
            }
        } catch (IOException e) {
            conversation.fail(e);
        } catch (InterruptedException e) {
            conversation.fail(new IOException("the attempt was ended here", e));
        } catch (RuntimeException e) {
            conversation.fail(new IOException("a bug ended the attempt: " + e, e));
            throw e;
        } finally {
            packer.close();
        }
    }

    private void sendSegment(List<SegmentPacker.Packed> chunks, Segment segment)
            throws IOException, InterruptedException {
        conversation.segment(
                chunks.stream().map(SegmentPacker.Packed::ordinal).toList(),
                segment.codec().id(),
                Payloads.wrap(segment.payload()));
    }

    @Override
    public void close() {
        conversation.close();
        Thread running = packing;
        if (running != null) {
            running.interrupt();
        }
    }
}
