package io.culvert.gateway.relay;

import io.culvert.gateway.log.LogLimit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** The {@link Figures} of one appliance. Thread-safe. */
final class OfAppliance {

    private final Map<Figures.Trouble, LogLimit> limits = new EnumMap<>(Figures.Trouble.class);
    private final ReentrantLock lock = new ReentrantLock();
    private long opened;
    private long failures;
    private long toPeerBytes;
    private long fromPeerBytes;
    private long plainBytes;
    private long sentBytes;
    private int datagramClients;
    private Optional<LastError> lastError = Optional.empty();
    private Optional<LastError> unreachable = Optional.empty();

    OfAppliance(LongSupplier ticker) {
        for (Figures.Trouble trouble : Figures.Trouble.values()) {
            limits.put(trouble, new LogLimit(ticker));
        }
    }

    LogLimit limit(Figures.Trouble trouble) {
        return Objects.requireNonNull(limits.get(trouble));
    }

    /** What one connection has added to the sums so far. */
    final class Share {
        private long toPeerBytes;
        private long fromPeerBytes;
        private long plainBytes;
        private long sentBytes;

        /** Adds what is new, as the connection is seen now; what was seen earlier and comes later adds nothing. */
        void settle(FlowView now) {
            lock.lock();
            try {
                OfAppliance.this.toPeerBytes += Math.max(0, now.toPeerBytes() - toPeerBytes);
                OfAppliance.this.fromPeerBytes += Math.max(0, now.fromPeerBytes() - fromPeerBytes);
                OfAppliance.this.plainBytes += Math.max(0, now.dedup().plainBytes() - plainBytes);
                OfAppliance.this.sentBytes += Math.max(0, now.dedup().sentBytes() - sentBytes);
                toPeerBytes = Math.max(toPeerBytes, now.toPeerBytes());
                fromPeerBytes = Math.max(fromPeerBytes, now.fromPeerBytes());
                plainBytes = Math.max(plainBytes, now.dedup().plainBytes());
                sentBytes = Math.max(sentBytes, now.dedup().sentBytes());
            } finally {
                lock.unlock();
            }
        }
    }

    Share opened() {
        lock.lock();
        try {
            opened++;
            return new Share();
        } finally {
            lock.unlock();
        }
    }

    void datagramClients(int more) {
        lock.lock();
        try {
            datagramClients += more;
        } finally {
            lock.unlock();
        }
    }

    void reached() {
        lock.lock();
        try {
            unreachable = Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** It is so since the first time, for the last reason. */
    void unreachable(LastError now) {
        lock.lock();
        try {
            unreachable = Optional.of(unreachable
                    .map(first -> new LastError(first.at(), now.sentence()))
                    .orElse(now));
        } finally {
            lock.unlock();
        }
    }

    void failed(LastError now) {
        lock.lock();
        try {
            failures++;
            lastError = Optional.of(now);
        } finally {
            lock.unlock();
        }
    }

    ApplianceFigures figures() {
        lock.lock();
        try {
            return new ApplianceFigures(
                    opened,
                    failures,
                    toPeerBytes,
                    fromPeerBytes,
                    plainBytes,
                    sentBytes,
                    datagramClients,
                    lastError,
                    unreachable);
        } finally {
            lock.unlock();
        }
    }
}
