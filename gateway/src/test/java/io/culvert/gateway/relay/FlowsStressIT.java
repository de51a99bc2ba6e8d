package io.culvert.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.stream.CutProxy;
import io.culvert.gateway.stream.StreamState;
import io.culvert.gateway.stream.TwoSites;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Many conversations at a time through a line that is cut again and again, in every way that lines are cut. Whatever happens: each end
 * gets exactly what the other wrote, an end is an end and a reset a reset, and nothing is left afterwards.
 *
 * <p>{@code culvert.flows.seed} repeats what one seed drew, as far as threads let it; {@code culvert.flows.seconds} makes it longer.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class FlowsStressIT {

    private static final Duration LENGTH = Duration.ofSeconds(Long.getLong("culvert.flows.seconds", 10));
    private static final int AT_A_TIME = 24;
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(600);

    @RegisterExtension
    final TwoSites sites = new TwoSites();

    private final long seed = Long.getLong("culvert.flows.seed", System.nanoTime());
    private RelayedSites relayed;
    private Meeting meeting;

    @BeforeEach
    void start() throws Exception {
        relayed = new RelayedSites(sites);
        meeting = new Meeting(relayed);
    }

    @AfterEach
    void end() throws Exception {
        relayed.close();
    }

    @Test
    void everyByteAndEveryEndPassesWhateverHappensToTheLine() throws Exception {
        System.err.println("culvert.flows.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        CountDownLatch over = new CountDownLatch(1);
        long held = 0;
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            SplittableRandom cuts = random.split();
            Future<Integer> cutting = executor.submit(() -> cut(cuts, over));
            long end = System.nanoTime() + LENGTH.toNanos();
            try {
                while (System.nanoTime() < end) {
                    held += converse(random, executor);
                }
            } finally {
                over.countDown();
            }
            assertThat(cutting.get()).as("cuts").isPositive();
            System.err.println(held + " conversations, " + cutting.get() + " cuts");
        }
        assertThat(held).isPositive();
        relayed.awaitNothingLeft();
    }

    private int converse(SplittableRandom random, ExecutorService executor) throws Exception {
        List<Future<Void>> all = new ArrayList<>();
        List<Conversation> conversations = new ArrayList<>();
        while (conversations.size() < AT_A_TIME) {
            TwoSites.await(() -> isUp());
            meeting.connect().ifPresent(pair -> conversations.add(new Conversation(pair, random.split())));
        }
        for (Conversation one : conversations) {
            all.add(executor.submit(() -> {
                one.hold(executor);
                return null;
            }));
        }
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i)).as("seed %d: %s", seed, conversations.get(i)).succeedsWithin(Duration.ofSeconds(60));
        }
        return all.size();
    }

    private boolean isUp() {
        return sites.seoul().status("busan").state() == StreamState.UP;
    }

    /** Cuts the line now and then, until it is over. */
    private int cut(SplittableRandom random, CountDownLatch over) throws InterruptedException {
        CutProxy line = relayed.line();
        int cuts = 0;
        while (!passes(random.nextLong(LONGEST_PAUSE.toMillis()), over)) {
            switch (random.nextInt(6)) {
                case 0 -> line.cut();
                case 1 -> line.cutNear();
                case 2 -> line.cutFar();
                case 3 -> { // nobody is told for a while, perhaps for so long that both sides give up
                    line.blackHole(true);
                    passes(random.nextLong(1_500), over);
                    line.cut();
                    line.blackHole(false);
                }
                case 4 -> { // bytes are late, and nothing else
                    line.blackHole(true);
                    passes(random.nextLong(300), over);
                    line.blackHole(false);
                }
                default -> cutAgainAndAgain(line, random, over);
            }
            cuts++;
        }
        return cuts;
    }

    /** While connections are taken up again, in the middle of it or before it begins. */
    private static void cutAgainAndAgain(CutProxy line, SplittableRandom random, CountDownLatch over)
            throws InterruptedException {
        for (int times = 1 + random.nextInt(4); times > 0; times--) {
            int before = line.accepted();
            line.cut();
            TwoSites.await(() -> line.accepted() > before || over.getCount() == 0);
            long carried = line.forthBytes() + line.backBytes();
            long more = random.nextLong(random.nextBoolean() ? 6_000 : 200_000);
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
            TwoSites.await(() -> line.forthBytes() + line.backBytes() > carried + more || System.nanoTime() > end);
        }
    }

    private static boolean passes(long millis, CountDownLatch over) throws InterruptedException {
        return over.await(millis, TimeUnit.MILLISECONDS);
    }
}
