package io.culvert.gateway.checkpoint;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Jobs whose owner record may name this gateway, or come to name it, though nothing here holds them: a claim that was given up, or
 * was made again at another member, may land late, for as long as its lease lives. Each is looked for at once, then less and less
 * often, and forgotten after {@link #KEPT}. Thread-safe.
 */
final class Strays {

    /** Longer than TCP keeps sending what is not acknowledged. */
    static final Duration KEPT = Duration.ofMinutes(20);

    /** How long at most a job is kept from others by a claim that landed late. */
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private record Stray(long sinceNanos, long nextNanos, long pauseNanos) {}

    /** Removes what may have landed of a job's claim. */
    interface Look {
        /** Returns whether it was looked for. */
        boolean remove(String jobId) throws StoreUnavailableException;
    }

    private final LongSupplier nanoTicker;
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private final Map<String, Stray> all = new ConcurrentHashMap<>();

    Strays(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
    }

    /** One more call for this job had an outcome that is not known. */
    void add(String jobId) {
        long now = nanoTicker.getAsLong();
        all.put(jobId, new Stray(now, now, FIRST_PAUSE.toNanos()));
    }

    /** Looks for those that are due, on a thread of its own and one sweep at a time; what fails stays for the next. */
    void sweep(Look look, Consumer<StoreUnavailableException> failed) {
        if (due().isEmpty() || !sweeping.compareAndSet(false, true)) {
            return;
        }
        Thread.startVirtualThread(() -> {
            try {
                for (String jobId : due()) {
                    if (look.remove(jobId)) {
                        looked(jobId);
                    }
                }
            } catch (StoreUnavailableException e) {
                failed.accept(e);
            } finally {
                sweeping.set(false);
            }
        });
    }

    /** Those to be looked for now. */
    List<String> due() {
        long now = nanoTicker.getAsLong();
        return all.entrySet().stream()
                .filter(one -> one.getValue().nextNanos() - now <= 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** It was looked for, and is nowhere now. */
    void looked(String jobId) {
        long now = nanoTicker.getAsLong();
        all.computeIfPresent(
                jobId,
                (id, stray) -> now - stray.sinceNanos() >= KEPT.toNanos()
                        ? null
                        : new Stray(
                                stray.sinceNanos(),
                                now + stray.pauseNanos(),
                                Math.min(2 * stray.pauseNanos(), LONGEST_PAUSE.toNanos())));
    }
}
