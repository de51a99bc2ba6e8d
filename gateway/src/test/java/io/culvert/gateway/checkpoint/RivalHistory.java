package io.culvert.gateway.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.pool.Fence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * What rivals were told by their stores, and whether it can be true of a job that never has two owners. Times are of the machine's
 * monotonic clock, so that processes of one machine compare. Thread-safe.
 */
final class RivalHistory {
    /** Something that a store confirmed: it took effect between the two times. */
    sealed interface Fact {
        String gateway();

        String job();

        Fence fence();

        long begunNanos();

        long toldNanos();
    }

    record Claim(String gateway, String job, Fence fence, long begunNanos, long toldNanos) implements Fact {}

    record Write(String gateway, String job, Fence fence, long sequence, long begunNanos, long toldNanos)
            implements Fact {}

    private final Consumer<String> said;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Claim> claims = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();
    private final Map<String, Long> unknown = new HashMap<>();
    private final List<String> losses = new ArrayList<>();

    /** Those that no store may end with. */
    private final List<String> wrongs = new ArrayList<>();

    RivalHistory() {
        this(line -> {});
    }

    /** @param said hears of each entry in a line, as {@link RivalChild} reads it */
    RivalHistory(Consumer<String> said) {
        this.said = said;
    }

    void add(Fact fact) {
        String words =
                fact.job() + " " + RivalChild.words(fact.fence()) + " " + fact.begunNanos() + " " + fact.toldNanos();
        switch (fact) {
            case Claim claim -> locked("claim " + words, () -> claims.add(claim));
            case Write write -> locked("write " + words + " " + write.sequence(), () -> writes.add(write));
        }
    }

    /** A write of which the store could not say whether it landed. */
    void unknown(String job) {
        locked("unknown " + job, () -> unknown.merge(job, 1L, Long::sum));
    }

    void lost(String gateway, String job, String reason) {
        locked("lost " + job + " " + reason, () -> losses.add(gateway + " lost " + job + ": " + reason));
    }

    void wrong(String what) {
        locked("wrong " + what, () -> wrongs.add(what));
    }

    private void locked(String line, Runnable what) {
        lock.lock();
        try {
            what.run();
            said.accept(line);
        } finally {
            lock.unlock();
        }
    }

    private <T> List<T> copy(List<T> of) {
        lock.lock();
        try {
            return List.copyOf(of);
        } finally {
            lock.unlock();
        }
    }

    List<String> losses() {
        return copy(losses);
    }

    List<Write> writes() {
        return copy(writes);
    }

    /** How many writes were confirmed that a gateway had begun since. */
    long writesOf(String gateway, long sinceNanos) {
        return writes().stream()
                .filter(write -> write.gateway().equals(gateway) && write.begunNanos() - sinceNanos >= 0)
                .count();
    }

    /** Whether each job was written, by whomever, since. */
    boolean allWrittenSince(long sinceNanos) {
        Set<String> missing = jobs();
        writes().stream()
                .filter(write -> write.begunNanos() - sinceNanos >= 0)
                .forEach(write -> missing.remove(write.job()));
        return missing.isEmpty() || !copy(wrongs).isEmpty();
    }

    private Set<String> jobs() {
        Set<String> jobs = new TreeSet<>();
        copy(claims).forEach(claim -> jobs.add(claim.job()));
        return jobs;
    }

    /** The longest time that a job was without a confirmed write, of the times that end after this one. */
    Duration longestGap(long sinceNanos) {
        return longestGap(sinceNanos, false);
    }

    /** As {@link #longestGap}, of jobs that kept their owner. */
    Duration longestGapOfOwners(long sinceNanos) {
        return longestGap(sinceNanos, true);
    }

    private Duration longestGap(long sinceNanos, boolean sameOwner) {
        long longest = 0;
        for (String job : jobs()) {
            List<Write> told = writes().stream()
                    .filter(write -> write.job().equals(job))
                    .sorted(Comparator.comparingLong(Write::toldNanos))
                    .toList();
            for (int i = 1; i < told.size(); i++) {
                Write write = told.get(i);
                Write before = told.get(i - 1);
                if (write.toldNanos() - sinceNanos > 0
                        && (!sameOwner || write.fence().equals(before.fence()))) {
                    longest = Math.max(longest, write.toldNanos() - before.toldNanos());
                }
            }
        }
        return Duration.ofNanos(longest);
    }

    /** The time from then until the last of the jobs was written. */
    Duration resumedAfter(long sinceNanos) {
        return Duration.ofNanos(jobs().stream()
                .mapToLong(job -> writes().stream()
                        .filter(write -> write.job().equals(job) && write.begunNanos() - sinceNanos >= 0)
                        .mapToLong(write -> write.toldNanos() - sinceNanos)
                        .min()
                        .orElse(Long.MAX_VALUE))
                .max()
                .orElse(Long.MAX_VALUE));
    }

    /** What is stored of a job at the end. */
    record Kept(long sequence, Fence fence) {}

    /** Reads what is stored of a job at the end. */
    interface Reader {
        Kept read(String job) throws Exception;
    }

    void check(CheckpointStore store) throws Exception {
        check(job -> {
            StoredCheckpoint stored = store.read(job).orElseThrow();
            return new Kept(stored.sequence(), stored.fence());
        });
    }

    /** Fails unless nothing confirmed was lost, no job had two owners, and each fence was above those before it. */
    void check(Reader reader) throws Exception {
        assertThat(copy(wrongs)).as("what no store may say").isEmpty();
        assertThat(jobs()).isNotEmpty();
        for (String job : jobs()) {
            List<Claim> claimed = copy(claims).stream()
                    .filter(claim -> claim.job().equals(job))
                    .sorted(Comparator.comparing(Claim::fence))
                    .toList();
            List<Write> written = writes().stream()
                    .filter(write -> write.job().equals(job))
                    .sorted(Comparator.comparingLong(Write::sequence))
                    .toList();
            assertInOrder("fences of " + job, claimed);
            assertInOrder("writes of " + job, written);
            assertGreater(claimed, claim -> claim.fence().revision(), "fences of " + job);
            assertGreater(written, Write::sequence, "sequences of " + job);
            for (int i = 1; i < written.size(); i++) {
                assertThat(written.get(i).fence())
                        .as("%s after %s", written.get(i), written.get(i - 1))
                        .isGreaterThanOrEqualTo(written.get(i - 1).fence());
            }
            assertNoneAfterTheNextClaim(claimed, written);
            assertKept(job, written, reader.read(job));
        }
    }

    /** What comes later in this order was not told before what comes earlier had begun. */
    private static void assertInOrder(String what, List<? extends Fact> ordered) {
        AtomicInteger earliest = new AtomicInteger(ordered.size() - 1);
        for (int i = ordered.size() - 2; i >= 0; i--) {
            Fact one = ordered.get(i);
            Fact later = ordered.get(earliest.get());
            assertThat(later.toldNanos() - one.begunNanos())
                    .as("%s: %s, then %s", what, one, later)
                    .isNotNegative();
            if (one.toldNanos() - later.toldNanos() < 0) {
                earliest.set(i);
            }
        }
    }

    private static <F extends Fact> void assertGreater(List<F> ordered, ToLongFunction<F> number, String what) {
        Set<Long> seen = new HashSet<>();
        for (F fact : ordered) {
            assertThat(seen.add(number.applyAsLong(fact)))
                    .as("%s: %s once", what, fact)
                    .isTrue();
        }
    }

    private static void assertNoneAfterTheNextClaim(List<Claim> claimed, List<Write> written) {
        for (Write write : written) {
            claimed.stream()
                    .filter(claim -> claim.fence().compareTo(write.fence()) > 0)
                    .forEach(claim -> assertThat(claim.toldNanos() - write.begunNanos())
                            .as("%s was begun after %s", write, claim)
                            .isNotNegative());
        }
    }

    private void assertKept(String job, List<Write> written, Kept stored) {
        assertThat(written).as("writes of " + job).isNotEmpty();
        Write last = written.getLast();
        assertThat(stored.sequence()).as("the last of " + job).isGreaterThanOrEqualTo(last.sequence());
        assertThat(stored.fence()).isGreaterThanOrEqualTo(last.fence());
        long unaccounted = stored.sequence() - written.size();
        assertThat(unaccounted)
                .as("writes of %s that landed and were not confirmed", job)
                .isBetween(0L, unknown.getOrDefault(job, 0L));
    }
}
