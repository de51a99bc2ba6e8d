package io.culvert.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Two sites in one JVM, seoul and busan, on free ports of the loopback. busan sorts first and so decides.
 *
 * <p>As a JUnit extension of a test's instance it starts with each test and ends behind what the test itself tidies up.
 */
public final class TwoSites implements BeforeEachCallback, AfterEachCallback, AutoCloseable {

    /** Quick enough for tests, with the proportions of the usual one. */
    static final StreamTiming QUICK = new StreamTiming(
            Duration.ofMillis(200),
            Duration.ofMillis(1000),
            Duration.ofSeconds(5),
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            Duration.ofMillis(500));

    private final TestPki pki = new TestPki();
    private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private PeerStreams seoul;
    private PeerStreams busan;

    @SuppressWarnings("NullAway.Init")
    public TwoSites() {}

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        start(QUICK);
    }

    /** With the timing that gateways use. */
    void startUsual() throws IOException {
        start(StreamTiming.USUAL);
    }

    private void start(StreamTiming timing) throws IOException {
        seoul = PeerStreams.start(settings("seoul").with(timing), pki.security("seoul"));
        busan = PeerStreams.start(settings("busan").with(timing), pki.security("busan"));
        seoul.addListener(new Events("seoul"));
        busan.addListener(new Events("busan"));
    }

    public PeerStreams site(String name) throws IOException {
        return PeerStreams.start(settings(name), pki.security(name));
    }

    static StreamSettings settings(String name) {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return StreamSettings.of(name, any, List.of()).with(QUICK);
    }

    TestPki pki() {
        return pki;
    }

    public PeerStreams seoul() {
        return seoul;
    }

    public PeerStreams busan() {
        return busan;
    }

    /** Seoul dials; returns when both sides are up. */
    public void dialFromSeoul() throws InterruptedException {
        seoul.dial("busan", "127.0.0.1", busan.address().getPort());
        awaitEvents("seoul: busan up", "busan: seoul up");
    }

    /** The same through a line that can be cut. */
    public CutProxy dialFromSeoulThroughProxy() throws IOException, InterruptedException {
        CutProxy proxy = new CutProxy(busan.address());
        seoul.dial("busan", "127.0.0.1", proxy.port());
        awaitEvents("seoul: busan up", "busan: seoul up");
        return proxy;
    }

    /** A channel from seoul to busan and the end of it that busan's handler got. */
    record Ends(Channel near, Channel far) implements AutoCloseable {

        @Override
        public void close() {
            near.close();
            far.close();
        }
    }

    /** Makes busan hand over the channels of this kind, to be used by the test's own thread. */
    void handOver(ChannelKind kind) {
        busan.onOpen(kind, (channel, opening) -> {
            accepted.add(channel);
            released.await();
        });
    }

    Ends open(ChannelKind kind) throws StreamException, InterruptedException {
        Channel near = seoul.open("busan", kind, Slice.empty());
        Channel far = accepted.poll(20, TimeUnit.SECONDS);
        assertThat(far).as("the accepted channel").isNotNull();
        return new Ends(near, far);
    }

    /** Waits until this is true, which some thread will make so, looking now and then. */
    public static void await(BooleanSupplier condition) throws InterruptedException {
        await(condition, () -> "the deadline");
    }

    public static void await(BooleanSupplier condition, Supplier<String> state) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        LinkedBlockingQueue<String> never = new LinkedBlockingQueue<>();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(state).isLessThan(deadline);
            never.poll(5, TimeUnit.MILLISECONDS);
        }
    }

    /** What happened until now is of no interest. */
    void forgetEvents() {
        events.clear();
    }

    /** Waits for these events, in any order; others between them are passed over. */
    public void awaitEvents(String... expected) throws InterruptedException {
        List<String> missing = new ArrayList<>(List.of(expected));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!missing.isEmpty()) {
            String event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertThat(event).as("an event out of %s", missing).isNotNull();
            missing.removeIf(event::startsWith);
        }
    }

    private final class Events implements StreamListener {

        private final String site;

        Events(String site) {
            this.site = site;
        }

        @Override
        public void up(String peer) {
            events.add(site + ": " + peer + " up");
        }

        @Override
        public void down(String peer, String why) {
            events.add(site + ": " + peer + " down: " + why);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }

    @Override
    public void close() {
        released.countDown();
        seoul.close();
        busan.close();
    }
}
