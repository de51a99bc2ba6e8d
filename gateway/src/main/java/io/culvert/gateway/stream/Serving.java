package io.culvert.gateway.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.ResetCode;
import io.culvert.proto.v1.Forwarded;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the channels that the far sides of streams open, each on a virtual thread of its own.
 *
 * <p>In the stream of another gateway of this site, each channel is one with a peer: it comes from a peer whose stream that gateway has, and
 * is served here as the peer's own; or it goes to a peer whose stream is here, and is joined with a channel there.
 */
final class Serving implements AutoCloseable {

    /** Opens a channel in the stream to a peer. */
    interface Opener {
        Channel open(String peer, ChannelKind kind, Slice opening) throws PeerDownException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

    private final String site;
    private final int most;
    private final Opener opener;
    private final ConcurrentHashMap<ChannelKind, Served> served = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<ChannelKind, Served> passages = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("channel-", 0).factory());

    /** @param most channels of a kind that are passed on to peers at a time */
    Serving(String site, int most, Opener opener) {
        this.site = site;
        this.most = most;
        this.opener = opener;
    }

    void add(ChannelKind kind, Served by) {
        served.put(kind, by);
    }

    void opened(Channel channel, Slice opening) {
        if (GatewayName.parse(channel.peer()).isEmpty()) {
            serve(served.get(channel.kind()), channel, opening);
            return;
        }
        try {
            Forwarded forwarded =
                    Forwarded.parseFrom(ByteBuffer.wrap(opening.array(), opening.offset(), opening.length()));
            Slice inner = Slice.of(forwarded.getOpening().toByteArray());
            OnBehalf through = new OnBehalf(channel, forwarded.getPeer());
            serve(forwarded.getOutward() ? passage(channel.kind()) : served.get(channel.kind()), through, inner);
        } catch (InvalidProtocolBufferException e) {
            channel.reset(ResetCode.PROTOCOL, "not the opening of a channel that is passed on");
        }
    }

    /** Joins a channel with one of the same kind to the peer that it is for. */
    private Served passage(ChannelKind kind) {
        return passages.computeIfAbsent(
                kind,
                fresh -> new Served(
                        (channel, opening) -> {
                            try (Channel there = opener.open(channel.peer(), kind, opening)) {
                                Passage.run(channel, there);
                            } catch (PeerDownException e) {
                                channel.reset(ResetCode.STOPPING, String.valueOf(e.getMessage()));
                            }
                        },
                        most,
                        most));
    }

    private void serve(@Nullable Served by, Channel channel, Slice opening) {
        if (by == null) {
            channel.reset(ResetCode.UNSUPPORTED, site + " serves no " + channel.kind());
            return;
        }
        Optional<String> full = by.enter(channel.peer());
        if (full.isPresent()) {
            channel.reset(ResetCode.LIMIT, site + " serves no more of " + channel.kind() + " now than " + full.get());
            return;
        }
        threads.execute(() -> {
            try {
                run(by.handler(), channel, opening);
            } finally {
                by.leave(channel.peer());
            }
        });
    }

    private static void run(ChannelHandler handler, Channel channel, Slice opening) {
        try {
            handler.serve(channel, opening);
        } catch (InterruptedException e) {
            channel.reset(ResetCode.STOPPING, "the gateway stops");
            Thread.currentThread().interrupt();
        } catch (StreamException e) {
            LOG.atDebug()
                    .addKeyValue("peer", channel.peer())
                    .addKeyValue("kind", channel.kind())
                    .log("channel ended: {}", e.getMessage());
        } catch (Exception e) {
            channel.reset(ResetCode.FAILED, String.valueOf(e.getMessage()));
            LOG.atWarn()
                    .addKeyValue("peer", channel.peer())
                    .addKeyValue("kind", channel.kind())
                    .setCause(e)
                    .log("serving a channel failed");
        } finally {
            channel.close();
        }
    }

    /** Interrupts all that is served. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
