package io.culvert.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.Limits;
import io.culvert.proto.channel.ResetCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two gateways' streams over real mutual TLS on the loopback. */
@Timeout(60)
final class StreamIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    final TwoSites sites = new TwoSites();

    @Test
    void messagesGoBothWaysAndTheFinishEndsThem() throws Exception {
        sites.busan().onOpen(ChannelKind.REPLICATION, (channel, opening) -> {
            channel.send(opening);
            Optional<Slice> message;
            while ((message = channel.receive()).isPresent()) {
                channel.send(message.get());
            }
            channel.finish();
        });
        sites.dialFromSeoul();

        try (Channel channel = sites.seoul().open("busan", ChannelKind.REPLICATION, text("hello"))) {
            assertThat(channel.receive(SOON)).contains(text("hello"));
            for (int length : new int[] {0, 1, 4096, 262_144, 262_145, 1 << 20, 2 << 20}) {
                Slice message = random(length);
                channel.send(message);
                assertThat(channel.receive(SOON)).contains(message);
            }
            channel.finish();
            assertThat(channel.receive(SOON)).isEmpty();
        }
        StreamStatus status = sites.seoul().status("busan");
        assertThat(status.state()).isEqualTo(StreamState.UP);
        assertThat(status.bytesOut()).isGreaterThan(3L << 20);
        assertThat(status.connections()).isOne();
    }

    @Test
    void aStalledChannelStopsNoOther() throws Exception {
        sites.handOver(ChannelKind.REPLICATION);
        sites.dialFromSeoul();
        try (TwoSites.Ends stalled = sites.open(ChannelKind.REPLICATION);
                TwoSites.Ends lively = sites.open(ChannelKind.REPLICATION)) {
            AtomicLong sentBytes = new AtomicLong();
            Thread sender = Thread.startVirtualThread(() -> fill(stalled.near(), sentBytes));
            // Its window of 4 MiB holds fifteen messages and a part of the sixteenth.
            TwoSites.await(
                    () -> sentBytes.get() == 15 * 256 << 10 && stalled.near().unsentBytes() < 256 << 10);
            long stalledAt = sentBytes.get();

            for (int i = 0; i < 100; i++) {
                lively.near().send(random(1 << 20));
                assertThat(lively.far().receive(SOON)).isPresent();
            }
            assertThat(sentBytes.get())
                    .as("what the stalled one sent meanwhile")
                    .isEqualTo(stalledAt);
            stalled.far().receive(SOON);
            stalled.near().close();
            sender.join();
        }
    }

    @Test
    void whatIsTakenKeepsItsCreditUntilItIsConsumed() throws Exception {
        sites.handOver(ChannelKind.REPLICATION);
        sites.dialFromSeoul();
        try (TwoSites.Ends held = sites.open(ChannelKind.REPLICATION);
                TwoSites.Ends lively = sites.open(ChannelKind.REPLICATION)) {
            AtomicLong sentBytes = new AtomicLong();
            Thread sender = Thread.startVirtualThread(() -> fill(held.near(), sentBytes));
            List<Channel.Received> taken = new ArrayList<>();
            for (int i = 0; i < 15; i++) {
                taken.add(held.far().take().orElseThrow());
            }
            TwoSites.await(
                    () -> sentBytes.get() >= 15 * 256 << 10 && held.near().unsentBytes() < 256 << 10);

            for (int i = 0; i < 20; i++) {
                lively.near().send(random(1 << 20));
                assertThat(lively.far().receive(SOON)).isPresent();
            }
            assertThat(sentBytes.get())
                    .as("what was sent with nothing consumed")
                    .isEqualTo(15 * 256 << 10);

            taken.forEach(Channel.Received::consumed);
            TwoSites.await(() -> sentBytes.get() > 15 * 256 << 10);
            held.near().close();
            sender.join();
        }
    }

    private static void fill(Channel channel, AtomicLong sentBytes) {
        try {
            while (true) {
                channel.send(random(256 << 10));
                sentBytes.addAndGet(256 << 10);
            }
        } catch (StreamException e) {
            assertThat(e).isInstanceOf(ChannelResetException.class);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anUrgentMessagePassesBulkAlreadyWaiting() throws Exception {
        sites.handOver(ChannelKind.REPLICATION);
        sites.handOver(ChannelKind.CONTROL);
        sites.dialFromSeoul();
        try (TwoSites.Ends bulk = sites.open(ChannelKind.REPLICATION);
                TwoSites.Ends control = sites.open(ChannelKind.CONTROL)) {
            AtomicLong receivedBytes = new AtomicLong();
            Thread sender = Thread.startVirtualThread(() -> fill(bulk.near(), new AtomicLong()));
            Thread reader = Thread.startVirtualThread(() -> drain(bulk.far(), receivedBytes));
            TwoSites.await(() -> receivedBytes.get() > 8 << 20);
            for (int i = 0; i < 20; i++) {
                long before = receivedBytes.get();
                control.near().sendUrgent(text("now"));
                assertThat(control.far().receive(SOON)).contains(text("now"));
                assertThat(receivedBytes.get() - before)
                        .as("bulk bytes before the urgent message")
                        .isLessThan(64 << 20);
            }
            bulk.near().close();
            sender.join();
            reader.join();
        }
    }

    private static void drain(Channel channel, AtomicLong receivedBytes) {
        try {
            Optional<Slice> message;
            while ((message = channel.receive()).isPresent()) {
                receivedBytes.addAndGet(message.get().length());
                channel.recycle(message.get());
            }
        } catch (StreamException e) {
            assertThat(e).isInstanceOf(ChannelResetException.class);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aThousandChannelsAtATime() throws Exception {
        sites.busan().onOpen(ChannelKind.RELAY, (channel, opening) -> {
            channel.send(channel.receive().orElseThrow());
            channel.receive();
            channel.finish();
        });
        sites.dialFromSeoul();
        List<Channel> channels = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            channels.add(sites.seoul().open("busan", ChannelKind.RELAY, Slice.empty()));
        }
        for (Channel channel : channels) {
            channel.send(text("I am " + channel.id()));
        }
        for (Channel channel : channels) {
            assertThat(channel.receive(SOON)).contains(text("I am " + channel.id()));
        }
        assertThat(sites.seoul().status("busan").openChannels()).isEqualTo(1000);
        for (Channel channel : channels) {
            channel.finish();
            assertThat(channel.receive(SOON)).isEmpty();
        }
        TwoSites.await(() -> sites.seoul().status("busan").openChannels() == 0
                && sites.busan().status("seoul").openChannels() == 0);
    }

    @Test
    void moreChannelsThanThePeerTakesAreRefusedAtOnce() throws Exception {
        sites.handOver(ChannelKind.RELAY);
        sites.dialFromSeoul();
        for (int i = 0; i < Limits.MAX_CHANNELS; i++) {
            sites.open(ChannelKind.RELAY);
        }
        assertThatThrownBy(() -> sites.open(ChannelKind.RELAY))
                .isInstanceOf(PeerDownException.class)
                .hasMessageContaining("no more channels");
    }

    @Test
    void aHandlerThatFailsResetsItsChannelWithTheMessage() throws Exception {
        sites.busan().onOpen(ChannelKind.CONTROL, (channel, opening) -> {
            throw new IOException("the disk is gone");
        });
        sites.dialFromSeoul();
        Channel channel = sites.seoul().open("busan", ChannelKind.CONTROL, Slice.empty());
        assertThatThrownBy(() -> channel.receive(SOON)).isInstanceOfSatisfying(ChannelResetException.class, e -> {
            assertThat(e.code()).isEqualTo(ResetCode.FAILED);
            assertThat(e).hasMessageContaining("the disk is gone");
        });
    }

    @Test
    void aKindThatNobodyServesIsRefusedByName() throws Exception {
        sites.dialFromSeoul();
        Channel channel = sites.seoul().open("busan", ChannelKind.READ, Slice.empty());
        assertThatThrownBy(() -> channel.receive(SOON)).hasMessageContaining("UNSUPPORTED");
    }

    @Test
    void theAnswerIsReadToItsEndThoughTheHandlerHasGone() throws Exception {
        sites.busan().onOpen(ChannelKind.CONTROL, (channel, opening) -> {
            channel.send(text("one"));
            channel.send(text("two"));
            channel.finish();
        });
        sites.dialFromSeoul();
        Channel channel = sites.seoul().open("busan", ChannelKind.CONTROL, Slice.empty());
        assertThat(channel.receive(SOON)).contains(text("one"));
        assertThat(channel.receive(SOON)).contains(text("two"));
        assertThat(channel.receive(SOON)).isEmpty();
    }

    @Test
    void aReceiveWithATimeoutGivesUp() throws Exception {
        sites.handOver(ChannelKind.CONTROL);
        sites.dialFromSeoul();
        try (TwoSites.Ends ends = sites.open(ChannelKind.CONTROL)) {
            assertThatThrownBy(() -> ends.near().receive(Duration.ofMillis(20))).isInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void anInterruptedSendResetsTheChannel() throws Exception {
        sites.handOver(ChannelKind.REPLICATION);
        sites.dialFromSeoul();
        try (TwoSites.Ends ends = sites.open(ChannelKind.REPLICATION)) {
            CountDownLatch interrupted = new CountDownLatch(1);
            Thread sender = Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        ends.near().send(random(1 << 20));
                    }
                } catch (InterruptedException e) {
                    interrupted.countDown();
                } catch (StreamException e) {
                    throw new AssertionError(e);
                }
            });
            TwoSites.await(() -> ends.near().unsentBytes() > 0);
            sender.interrupt();
            assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> drainOrThrow(ends.far())).hasMessageContaining("interrupted");
        }
    }

    private static void drainOrThrow(Channel channel) throws Exception {
        while (channel.receive(SOON).isPresent()) {
            channel.unsentBytes();
        }
    }

    private static Slice text(String text) {
        return Slice.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Slice random(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return Slice.of(bytes);
    }
}
