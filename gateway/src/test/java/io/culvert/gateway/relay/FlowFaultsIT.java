package io.culvert.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.relay.RelayedSites.Pair;
import io.culvert.gateway.relay.dedup.Mode;
import io.culvert.gateway.stream.TwoSites;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when the gateway itself fails in the middle of a connection, by a bug that nobody knows: who reads sees a reset, and
 * never an end in order behind bytes that are missing. {@code culvert.flows.seed} repeats what a seed drew, as far as threads let it.
 */
@Timeout(120)
final class FlowFaultsIT {

    private static final Logger LOG = LoggerFactory.getLogger(FlowFaultsIT.class);
    private static final int CONNECTIONS = 60;
    private static final int BYTES = 1 << 20;
    private static final int CALLS_EACH_FAULT = 1_000;

    /** What a reader saw. */
    private enum Saw {
        ALL,
        RESET
    }

    @RegisterExtension
    final TwoSites sites = new TwoSites();

    private final long seed = Long.getLong("culvert.flows.seed", System.nanoTime());
    private final AtomicInteger faults = new AtomicInteger();
    private volatile int callsEachFault;
    private RelayedSites relayed;

    @BeforeEach
    void start() throws Exception {
        relayed = new RelayedSites(sites);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        relayed.awaitNothingLeft();
        relayed.close();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aFaultEndsItsConnectionByResetAndNoOther(Mode dedup) throws Exception {
        System.err.println("culvert.flows.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        relayed.dedup(dedup);
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            SplittableRandom its = random.split();
            relayed.see(i % 2 == 0 ? channel -> channel : channel -> new FaultyChannel(channel, () -> maybe(its)));
            pairs.add(relayed.connect());
        }
        callsEachFault = CALLS_EACH_FAULT;
        List<Future<Saw>> sound = new ArrayList<>();
        List<Future<Saw>> harmed = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CONNECTIONS; i++) {
                Pair pair = pairs.get(i);
                byte[] bytes = RelayedSites.noise(i, BYTES);
                for (Socket end : List.of(pair.client(), pair.server())) {
                    String name = "connection %d, its end %s".formatted(i, end);
                    Future<Boolean> written = executor.submit(() -> write(end, bytes));
                    (i % 2 == 1 ? harmed : sound).add(executor.submit(() -> read(end, bytes, written, name)));
                }
            }
        }
        for (Future<Saw> read : sound) {
            assertThat(read.get())
                    .as("seed %d: a connection without faults", seed)
                    .isEqualTo(Saw.ALL);
        }
        int resets = 0;
        for (Future<Saw> read : harmed) {
            resets += read.get() == Saw.RESET ? 1 : 0;
        }
        assertThat(faults.get()).as("seed %d: faults", seed).isPositive();
        assertThat(resets).as("seed %d: readers that saw a reset", seed).isPositive();
    }

    @Test
    void aFaultAtTheBeginningResetsTheClientAndTheTarget() throws Exception {
        System.err.println("culvert.flows.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        relayed.see(channel -> new FaultyChannel(channel, () -> maybe(random)));
        relayed.acceptAll(FlowFaultsIT::answer);
        callsEachFault = 10;
        int resets = 0;
        for (int i = 0; i < 100; i++) {
            try (Socket client = relayed.client()) {
                client.getOutputStream().write('?');
                assertThat(client.getInputStream().read())
                        .as("seed %d, connection %d", seed, i)
                        .isEqualTo('!');
            } catch (SocketException reset) {
                resets++;
            }
        }
        assertThat(resets).as("seed %d: resets", seed).isPositive();
    }

    private static void answer(Socket target) {
        try (target) {
            if (target.getInputStream().read() == '?') {
                target.getOutputStream().write('!');
            }
        } catch (SocketException reset) {
            LOG.trace("a target was reset", reset);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void maybe(SplittableRandom random) {
        boolean now;
        synchronized (random) {
            now = callsEachFault > 0 && random.nextInt(callsEachFault) == 0;
        }
        if (now) {
            faults.incrementAndGet();
            throw new IllegalStateException("a fault of the test");
        }
    }

    /** Whether it could be written. */
    private static boolean write(Socket to, byte[] bytes) throws IOException {
        OutputStream out = to.getOutputStream();
        try {
            for (int at = 0; at < bytes.length; ) {
                int piece = Math.min(bytes.length - at, at % 3 == 0 ? 100 : 30_000);
                out.write(bytes, at, piece);
                at += piece;
            }
            to.shutdownOutput();
            return true;
        } catch (SocketException reset) {
            return false;
        }
    }

    /** The kernel tells of a reset once: if it told the writer, the reader sees an end. */
    private static Saw read(Socket from, byte[] expected, Future<Boolean> written, String name) throws Exception {
        byte[] came;
        try {
            came = from.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            return Saw.RESET;
        } catch (SocketTimeoutException e) {
            throw new AssertionError(name + ": neither goes on nor is reset", e);
        }
        if (!written.get()) {
            return Saw.RESET;
        }
        assertThat(Arrays.mismatch(came, expected))
                .as("%s: first wrong byte of %d that came before an end in order", name, came.length)
                .isEqualTo(-1);
        return Saw.ALL;
    }
}
