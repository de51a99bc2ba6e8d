package io.culvert.gateway.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.relay.RelayedSites.Pair;
import io.culvert.gateway.relay.dedup.Mode;
import io.culvert.gateway.stream.TwoSites;
import io.culvert.gateway.testing.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Relayed connections between real sockets, through a real stream that is cut. */
@Timeout(120)
final class FlowsIT {

    @RegisterExtension
    final TwoSites sites = new TwoSites();

    private RelayedSites relayed;

    @BeforeEach
    void start() throws Exception {
        relayed = new RelayedSites(sites);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        relayed.close();
        TwoSites.await(
                () -> relayed.near().views().isEmpty() && relayed.far().views().isEmpty());
    }

    @Test
    void bytesAndHalfClosesPassThroughBothWays() throws Exception {
        Pair pair = relayed.connect();
        byte[] large = RelayedSites.noise(1, 30 << 20);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            executor.submit(() -> {
                pair.client().getOutputStream().write(large);
                pair.client().shutdownOutput();
                return null;
            });
            assertThat(Arrays.equals(pair.server().getInputStream().readAllBytes(), large))
                    .isTrue();
        }
        pair.server().getOutputStream().write("still open".getBytes(US_ASCII));
        pair.server().shutdownOutput();
        assertThat(pair.client().getInputStream().readAllBytes())
                .asString(US_ASCII)
                .isEqualTo("still open");
        TwoSites.await(
                () -> relayed.near().views().isEmpty() && relayed.far().views().isEmpty());
    }

    @Test
    void sumsOutliveConnectionsAndLastErrorsAreThoseOfBothEnds() throws Exception {
        Pair first = relayed.connect();
        first.client().getOutputStream().write(RelayedSites.noise(1, 99_999));
        assertThat(first.server().getInputStream().readNBytes(99_999)).hasSize(99_999);
        first.server().getOutputStream().write(new byte[50]);
        assertThat(first.client().getInputStream().readNBytes(50)).hasSize(50);
        Pair second = relayed.connect();
        TwoSites.await(() -> relayed.near().views().stream().anyMatch(view -> view.bytesPerSecond() > 0));
        ApplianceFigures before = relayed.near().figures().of("dd").figures();
        assertThat(before.opened()).isEqualTo(2);
        assertThat(before.toPeerBytes()).isEqualTo(100_001);
        assertThat(before.sentBytes()).isLessThanOrEqualTo(before.plainBytes());
        assertThat(before.lastError()).isEmpty();

        second.client().setSoLinger(true, 0);
        second.client().close();
        first.client().close();
        first.server().close();
        TwoSites.await(
                () -> relayed.near().views().isEmpty() && relayed.far().views().isEmpty());
        ApplianceFigures near = relayed.near().figures().of("dd").figures();
        ApplianceFigures far = relayed.far().figures().of("dd").figures();
        assertThat(near.toPeerBytes()).isEqualTo(100_001).isEqualTo(far.fromPeerBytes());
        assertThat(near.fromPeerBytes()).isEqualTo(50).isEqualTo(far.toPeerBytes());
        assertThat(near.failures()).isEqualTo(1).isEqualTo(far.failures());
        assertThat(near.lastError().orElseThrow().sentence()).contains("is reset: the client 127.0.0.1:");
        assertThat(far.lastError()).isPresent();

        relayed.server().close();
        assertThatThrownBy(() -> relayed.client().getInputStream().read()).isInstanceOf(SocketException.class);
        TwoSites.await(() -> relayed.far().figures().of("dd").figures().failures() == 2);
        assertThat(relayed.far().figures().of("dd").figures().unreachable()).isPresent();
        assertThat(relayed.far()
                        .figures()
                        .of("dd")
                        .figures()
                        .lastError()
                        .orElseThrow()
                        .sentence())
                .contains("cannot be made: dd (localhost:", "refused");
        TwoSites.await(() -> relayed.near().figures().of("dd").figures().failures() == 2);
        assertThat(relayed.near()
                        .figures()
                        .of("dd")
                        .figures()
                        .lastError()
                        .orElseThrow()
                        .sentence())
                .contains("refused");
    }

    @Test
    void aClientWithAPortBelow1024IsOneAtTheTargetToo() throws Exception {
        Assumptions.assumeTrue(Shell.isRoot(), "skipped: ports below 1024 need root");
        Socket client = relayed.clientFromPrivilegedPort();
        try (Socket accepted = relayed.server().accept()) {
            assertThat(accepted.getPort()).isBetween(512, 1023);
        }
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    /** Netty reads them before anybody listens to the socket. */
    @Test
    void bytesOfATargetThatSaysSomethingAndEndsAtOnceArrive() throws Exception {
        for (int i = 0; i < 200; i++) {
            Socket client = relayed.client();
            try (Socket accepted = relayed.server().accept()) {
                accepted.getOutputStream().write("220 hello".getBytes(US_ASCII));
            }
            assertThat(client.getInputStream().readAllBytes())
                    .as("connection %d", i)
                    .asString(US_ASCII)
                    .isEqualTo("220 hello");
            client.close();
        }
    }

    @Test
    void aPeerWithoutTheGrantConnectsToNothingAndARevokedOneIsResetAtOnce() throws Exception {
        Pair pair = relayed.connect();
        relayed.grant(false);
        Socket client = relayed.client();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        relayed.far().recheck();
        assertThatThrownBy(() -> pair.client().getInputStream().read()).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> pair.server().getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void connectionsOutliveTheStreamWithEveryByteWhereverItIsCut(Mode dedup) throws Exception {
        relayed.dedup(dedup);
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        int count = 8;
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(relayed.connect());
        }
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> copies = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Pair pair = pairs.get(i);
                byte[] forth = RelayedSites.noise(i, 8 << 20);
                byte[] back = RelayedSites.noise(-i, 8 << 20);
                copies.add(executor.submit(() -> write(pair.client(), forth)));
                copies.add(executor.submit(() -> write(pair.server(), back)));
                copies.add(executor.submit(() -> difference(pair.server(), forth)));
                copies.add(executor.submit(() -> difference(pair.client(), back)));
            }
            for (int cuts = 0; cuts < 5; cuts++) {
                long carried = relayed.line().forthBytes();
                long next = carried + random.nextInt(6 << 20);
                TwoSites.await(() -> relayed.line().forthBytes() >= next || areDone(copies));
                relayed.line().cut();
                relayed.awaitStreamAgain();
            }
            for (Future<String> copy : copies) {
                assertThat(copy.get())
                        .as("seed %d: how what was read differs from what was written", seed)
                        .isEmpty();
            }
        }
    }

    @Test
    void aSecondCopyCostsAFractionAndSurvivesCutsAndDamage() throws Exception {
        relayed.dedup(Mode.AUTO);
        byte[] data = RelayedSites.noise(77, 8 << 20);
        long first = copyThrough(data, () -> {});
        long second = copyThrough(data, () -> {});
        assertThat(first).isGreaterThan(data.length);
        assertThat(second).as("of %d bytes", data.length).isLessThan(data.length / 20);

        long withCut = copyThrough(data, () -> {
            relayed.line().cut();
            relayed.awaitStreamAgain();
        });
        assertThat(withCut).isLessThan(data.length);

        relayed.damageReceived();
        long afterDamage = copyThrough(data, () -> {});
        assertThat(afterDamage).isGreaterThan(data.length / 2);
        assertThat(copyThrough(data, () -> {})).isLessThan(data.length / 20);
        assertThat(relayed.near().views()).isEmpty();
    }

    private interface Event {
        void happen() throws Exception;
    }

    /** What crosses the line for a copy by a new connection, in the middle of which something happens. */
    private long copyThrough(byte[] data, Event event) throws Exception {
        long before = relayed.line().forthBytes();
        Pair pair = relayed.connect();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            int half = data.length / 2;
            Future<Boolean> read = executor.submit(() -> reads(pair.server(), data));
            pair.client().getOutputStream().write(data, 0, half);
            event.happen();
            pair.client().getOutputStream().write(data, half, data.length - half);
            pair.client().shutdownOutput();
            assertThat(read.get()).isTrue();
            pair.server().shutdownOutput();
            assertThat(pair.client().getInputStream().read()).isEqualTo(-1);
        }
        TwoSites.await(
                () -> relayed.near().views().isEmpty() && relayed.far().views().isEmpty());
        return relayed.line().forthBytes() - before;
    }

    private static boolean areDone(List<Future<String>> copies) {
        return copies.stream().allMatch(Future::isDone);
    }

    /** In pieces of many sizes, then half closed; a reset that a writer hears of is an end to the reader beside it. */
    private static String write(Socket to, byte[] bytes) throws IOException {
        SplittableRandom random = new SplittableRandom(bytes.length);
        OutputStream out = to.getOutputStream();
        for (int at = 0; at < bytes.length; ) {
            int piece = Math.min(bytes.length - at, 1 + random.nextInt(random.nextInt(4) == 0 ? 200_000 : 500));
            out.write(bytes, at, piece);
            at += piece;
        }
        to.shutdownOutput();
        return "";
    }

    /** Empty if there is none. */
    private static String difference(Socket from, byte[] expected) throws IOException {
        byte[] came = from.getInputStream().readAllBytes();
        int at = Arrays.mismatch(came, expected);
        return at < 0 ? "" : "%d of %d bytes, wrong from %d".formatted(came.length, expected.length, at);
    }

    private static boolean reads(Socket from, byte[] bytes) throws IOException {
        InputStream in = from.getInputStream();
        byte[] came = in.readAllBytes();
        return Arrays.equals(came, bytes);
    }

    @Test
    void anIdleConnectionIsNotTouchedByACut() throws Exception {
        Pair pair = relayed.connect();
        relayed.line().cut();
        relayed.awaitStreamAgain();
        pair.client().getOutputStream().write(7);
        assertThat(pair.server().getInputStream().read()).isEqualTo(7);
        pair.server().getOutputStream().write(8);
        assertThat(pair.client().getInputStream().read()).isEqualTo(8);
    }

    @Test
    void aReaderThatStopsStopsOnlyItselfAndWhatIsKeptIsBounded() throws Exception {
        Pair stopped = relayed.connect();
        Pair other = relayed.connect();
        byte[] large = RelayedSites.noise(5, 64 << 20);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> written = executor.submit(() -> write(stopped.client(), large));
            TwoSites.await(() -> relayed.near().views().stream().anyMatch(view -> view.toPeerBytes() > 1 << 20));
            for (int i = 0; i < 1000; i++) {
                other.client().getOutputStream().write(i);
                assertThat(other.server().getInputStream().read()).isEqualTo(i & 0xff);
            }
            relayed.near()
                    .views()
                    .forEach(view ->
                            assertThat(view.retainedBytes()).isLessThanOrEqualTo(RetainedBudget.MAX_BYTES + (8 << 20)));
            assertThat(written.isDone()).isFalse();
            assertThat(reads(stopped.server(), large)).isTrue();
            assertThat(written.get()).isEmpty();
        }
    }

    @Test
    void aThousandConnectionsAtOnceSurviveACut() throws Exception {
        int count = 1000;
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(relayed.connect());
        }
        assertThat(relayed.near().views()).hasSize(count);
        relayed.line().cut();
        relayed.awaitStreamAgain();
        for (int i = 0; i < count; i++) {
            pairs.get(i).client().getOutputStream().write(i);
        }
        for (int i = 0; i < count; i++) {
            assertThat(pairs.get(i).server().getInputStream().read()).isEqualTo(i & 0xff);
        }
    }
}
