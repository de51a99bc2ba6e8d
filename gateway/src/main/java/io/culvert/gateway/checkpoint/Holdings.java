package io.culvert.gateway.checkpoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ownerships that this process holds, each with the listener to tell when it is lost. Thread safe. */
final class Holdings {
    private static final Logger LOG = LoggerFactory.getLogger(Holdings.class);

    private record Held(Ownership ownership, LossListener listener) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Held> byJob = new HashMap<>();

    void add(Ownership ownership, LossListener listener) {
        lock.lock();
        try {
            byJob.put(ownership.jobId(), new Held(ownership, listener));
        } finally {
            lock.unlock();
        }
    }

    Optional<Ownership> of(String jobId) {
        lock.lock();
        try {
            return Optional.ofNullable(byJob.get(jobId)).map(Held::ownership);
        } finally {
            lock.unlock();
        }
    }

    boolean holds(Ownership ownership) {
        return of(ownership.jobId()).filter(ownership::equals).isPresent();
    }

    /** Forgets an ownership without telling; false if it was not held. */
    boolean remove(Ownership ownership) {
        lock.lock();
        try {
            Held held = byJob.get(ownership.jobId());
            return held != null && held.ownership().equals(ownership) && byJob.remove(ownership.jobId(), held);
        } finally {
            lock.unlock();
        }
    }

    List<Ownership> removeAll() {
        return takeAll().stream().map(Held::ownership).toList();
    }

    /** Forgets an ownership and tells its listener, if it was held. */
    void lose(Ownership ownership, String reason) {
        Held held;
        lock.lock();
        try {
            held = byJob.get(ownership.jobId());
            if (held == null || !held.ownership().equals(ownership)) {
                return;
            }
            byJob.remove(ownership.jobId());
        } finally {
            lock.unlock();
        }
        tell(held, reason);
    }

    void loseAll(String reason, Consumer<Ownership> first) {
        for (Held held : takeAll()) {
            first.accept(held.ownership());
            tell(held, reason);
        }
    }

    private List<Held> takeAll() {
        lock.lock();
        try {
            List<Held> all = List.copyOf(byJob.values());
            byJob.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    private static void tell(Held held, String reason) {
        LOG.atWarn()
                .addKeyValue("job", held.ownership().jobId())
                .addKeyValue("fence", held.ownership().fence())
                .log("ownership lost: {}", reason);
        try {
            held.listener().lost(held.ownership(), reason);
        } catch (RuntimeException e) {
            // One listener's bug must not keep the others from being told to stop.
            LOG.atError()
                    .addKeyValue("job", held.ownership().jobId())
                    .setCause(e)
                    .log("a loss listener failed");
        }
    }
}
