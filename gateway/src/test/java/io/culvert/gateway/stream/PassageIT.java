package io.culvert.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.channel.ResetCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two gateways of seoul, of which the first has the stream to busan, over real mutual TLS on the loopback. */
@Timeout(60)
final class PassageIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final GatewayName FIRST = new GatewayName("seoul", 1);
    private static final GatewayName SECOND = new GatewayName("seoul", 2);

    private final TestPki pki = new TestPki();
    private PeerStreams first;
    private PeerStreams second;
    private PeerStreams busan;

    @SuppressWarnings("NullAway.Init")
    PassageIT() {}

    @BeforeEach
    void start() throws Exception {
        first = gateway(1);
        second = gateway(2);
        busan = PeerStreams.start(TwoSites.settings("busan"), pki.security("busan"));
        first.await(SECOND.toString());
        second.dial(FIRST.toString(), "127.0.0.1", first.address().getPort());
        first.dial("busan", "127.0.0.1", busan.address().getPort());
        awaitUp(second, FIRST.toString());
        awaitUp(first, "busan");
        awaitUp(busan, "seoul");
    }

    private PeerStreams gateway(int number) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return PeerStreams.start(
                StreamSettings.of("seoul", number, any, List.of()).with(TwoSites.QUICK),
                pki.security(new GatewayName("seoul", number).toString()));
    }

    private static void awaitUp(PeerStreams at, String peer) throws InterruptedException {
        TwoSites.await(() -> at.status(peer).state() == StreamState.UP);
    }

    @AfterEach
    void end() {
        second.close();
        first.close();
        busan.close();
    }

    private static Slice random(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return Slice.of(bytes);
    }

    private static void echo(Channel channel) throws Exception {
        for (Optional<Slice> next = channel.receive(); next.isPresent(); next = channel.receive()) {
            channel.send(next.get());
        }
        channel.finish();
    }

    @Test
    void aChannelGoesThroughTheGatewayThatHasTheStream() throws Exception {
        busan.onOpen(ChannelKind.REPLICATION, (channel, opening) -> {
            channel.send(opening);
            channel.send(Slice.of(channel.peer().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            echo(channel);
        });
        try (Channel channel = second.openThrough(FIRST, "busan", ChannelKind.REPLICATION, random(100))) {
            assertThat(channel.peer()).isEqualTo("busan");
            assertThat(channel.receive(SOON)).contains(random(100));
            assertThat(channel.receive(SOON)).as("whom busan talks to").contains(Slice.of("seoul".getBytes()));
            for (int length : new int[] {0, 1, 4096, 262_145, 2 << 20}) {
                channel.send(random(length));
                assertThat(channel.receive(SOON)).contains(random(length));
            }
            channel.finish();
            assertThat(channel.receive(SOON)).isEmpty();
        }
        TwoSites.await(() -> first.status("busan").openChannels() == 0
                && first.status("seoul/2").openChannels() == 0);
        assertThat(first.statuses()).as("peers").extracting(StreamStatus::peer).containsExactly("busan");
    }

    @Test
    void aPeersChannelIsServedByTheGatewayThatHasWhatItWants() throws Exception {
        first.onOpen(ChannelKind.READ, (channel, opening) -> {
            try (Channel there = first.openAt(SECOND, channel.peer(), channel.kind(), opening)) {
                PeerStreams.join(channel, there);
            }
        });
        LinkedBlockingQueue<String> peers = new LinkedBlockingQueue<>();
        second.onOpen(ChannelKind.READ, (channel, opening) -> {
            peers.add(channel.peer() + (channel.isPassedOn() ? " passed on" : ""));
            for (int i = 0; i < 100; i++) {
                channel.send(random(1 << 20));
            }
            channel.finish();
        });
        try (Channel channel = busan.open("seoul", ChannelKind.READ, Slice.empty())) {
            for (int i = 0; i < 100; i++) {
                assertThat(channel.receive(SOON)).contains(random(1 << 20));
            }
            assertThat(channel.receive(SOON)).isEmpty();
        }
        assertThat(peers.poll(20, TimeUnit.SECONDS)).isEqualTo("busan passed on");
    }

    @Test
    void whoDoesNotReadHoldsBackWhoSends() throws Exception {
        LinkedBlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
        busan.onOpen(ChannelKind.REPLICATION, (channel, opening) -> {
            accepted.add(channel);
            channel.take(); // and gives no credit back
            Thread.sleep(SOON);
        });
        try (Channel channel = second.openThrough(FIRST, "busan", ChannelKind.REPLICATION, Slice.empty())) {
            AtomicLong sent = new AtomicLong();
            Thread sender = Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        channel.send(random(1 << 20));
                        sent.incrementAndGet();
                    }
                } catch (StreamException | InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(accepted.poll(20, TimeUnit.SECONDS)).isNotNull();
            long[] before = {-1, 0};
            TwoSites.await(() -> {
                boolean still = before[0] == sent.get() && ++before[1] > 50;
                before[1] = before[0] == sent.get() ? before[1] : 0;
                before[0] = sent.get();
                return still;
            });
            assertThat(sent.get())
                    .as("MiB on their way, in windows of 4 to 16 MiB twice")
                    .isBetween(4L, 40L);
            sender.interrupt();
            sender.join();
        }
    }

    @Test
    void aRefusalArrivesBeforeTheEndThatFollowsIt() throws Exception {
        busan.onOpen(ChannelKind.REPLICATION, (channel, opening) -> {
            channel.receive();
            channel.send(random(50));
            channel.finish();
        });
        for (int i = 0; i < 50; i++) {
            try (Channel channel = second.openThrough(FIRST, "busan", ChannelKind.REPLICATION, Slice.empty())) {
                Thread sender = Thread.startVirtualThread(() -> {
                    try {
                        while (true) {
                            channel.send(random(100_000));
                        }
                    } catch (StreamException | InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                assertThat(channel.receive(SOON)).contains(random(50));
                assertThat(channel.receive(SOON)).isEmpty();
                sender.interrupt();
                sender.join();
            }
        }
    }

    @Test
    void aResetIsPassedOnWithItsReasonBothWays() throws Exception {
        LinkedBlockingQueue<String> ends = new LinkedBlockingQueue<>();
        busan.onOpen(ChannelKind.REPLICATION, (channel, opening) -> {
            if (opening.length() > 0) {
                channel.reset(ResetCode.LIMIT, "no more of these");
                return;
            }
            try {
                channel.receive();
            } catch (ChannelResetException e) {
                ends.add(e.code() + ": " + e.reason());
            }
        });
        try (Channel channel = second.openThrough(FIRST, "busan", ChannelKind.REPLICATION, random(1))) {
            assertThatThrownBy(channel::receive).isInstanceOfSatisfying(ChannelResetException.class, e -> {
                assertThat(e.code()).isEqualTo(ResetCode.LIMIT);
                assertThat(e.reason()).isEqualTo("no more of these");
            });
        }
        Channel channel = second.openThrough(FIRST, "busan", ChannelKind.REPLICATION, Slice.empty());
        channel.reset(ResetCode.TIMEOUT, "it took too long");
        assertThat(ends.poll(20, TimeUnit.SECONDS)).isEqualTo("TIMEOUT: it took too long");
    }

    @Test
    void whatHasNoStreamIsSaidByName() throws Exception {
        busan.close();
        TwoSites.await(() -> first.status("busan").state() != StreamState.UP);
        try (Channel channel = second.openThrough(FIRST, "busan", ChannelKind.REPLICATION, Slice.empty())) {
            assertThatThrownBy(channel::receive)
                    .isInstanceOf(StreamException.class)
                    .hasMessageContaining("seoul/1")
                    .hasMessageContaining("peer busan is");
        }
        first.close();
        TwoSites.await(() -> second.status("seoul/1").state() != StreamState.UP);
        assertThatThrownBy(() -> second.openThrough(FIRST, "busan", ChannelKind.REPLICATION, Slice.empty()))
                .isInstanceOf(PeerDownException.class)
                .hasMessageContaining("seoul/1");
    }

    @Test
    void aLostStreamEndsWhatItCarriedOnBothSides() throws Exception {
        LinkedBlockingQueue<String> ends = new LinkedBlockingQueue<>();
        busan.onOpen(ChannelKind.REPLICATION, (channel, opening) -> {
            channel.send(random(1));
            try {
                channel.receive();
            } catch (StreamException e) {
                ends.add(String.valueOf(e.getMessage()));
            }
        });
        try (Channel channel = second.openThrough(FIRST, "busan", ChannelKind.REPLICATION, Slice.empty())) {
            assertThat(channel.receive(SOON)).isPresent();
            second.close(FIRST.toString());
            assertThat(ends.poll(20, TimeUnit.SECONDS)).contains("STOPPING").contains("seoul/2");
        }
    }

    @Test
    void aGatewayThatIsNotOfTheSiteCannotPassAnythingOn() throws Exception {
        busan.onOpen(ChannelKind.REPLICATION, (channel, opening) -> channel.send(random(1)));
        byte[] envelope = io.culvert.proto.v1.Forwarded.newBuilder()
                .setPeer("jeju")
                .build()
                .toByteArray();
        LinkedBlockingQueue<String> peers = new LinkedBlockingQueue<>();
        first.onOpen(ChannelKind.CONTROL, (channel, opening) -> peers.add(channel.peer()));
        try (Channel channel = busan.open("seoul", ChannelKind.CONTROL, Slice.of(envelope))) {
            assertThat(peers.poll(20, TimeUnit.SECONDS))
                    .as("who it is taken for")
                    .isEqualTo("busan");
        }
    }
}
