package io.culvert.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two gateways' streams over real mutual TLS on the loopback. */
@Timeout(60)
final class StreamIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final TwoSites sites = new TwoSites();

    @BeforeEach
    void start() throws IOException {
        sites.start();
    }

    @AfterEach
    void stop() {
        sites.close();
    }

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

    private static Slice text(String text) {
        return Slice.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Slice random(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return Slice.of(bytes);
    }
}
