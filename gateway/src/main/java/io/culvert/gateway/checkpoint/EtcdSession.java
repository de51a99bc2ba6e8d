package io.culvert.gateway.checkpoint;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.TxnRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * This gateway's one lease in etcd, under which it owns all it owns.
 *
 * <pre>
 *   NONE --site record read, lease granted--> HELD
 *   HELD --two thirds of the TTL without an answer | lease unknown to etcd | etcd set back | store marked--> NONE, and the owner is told
 *   NONE, HELD --close--> CLOSED
 * </pre>
 *
 * One daemon thread renews every sixth of the TTL, and ten times a second after a failure, at the next member. Time is counted
 * on the ticker from the moment of sending, so neither a stepped clock nor a slow answer makes a lease look longer than it is.
 * It is a platform thread so that hashing on all carriers cannot hold it up.
 */
final class EtcdSession implements AutoCloseable {
    private static final Duration RETRY = Duration.ofMillis(100);
    private static final Duration MAX_JITTER = Duration.ofMillis(500);

    /** A granted lease. */
    record Lease(long id) {}

    private final EtcdSettings settings;
    private final EtcdSettings.Timing timing;
    private final EtcdMembers members;
    private final EtcdKv kv;
    private final EtcdKeys keys;
    private final EtcdMemory memory;
    private final StateBoard board;
    private final Clocks clocks;
    private final Consumer<String> onLoss;
    private final Runnable onRenewal;
    private final FirstAnswer first;
    private final Thread thread;

    /** Guards the three fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private @Nullable Lease lease;
    private long answeredNanos;
    private boolean hurry;
    private volatile boolean closed;

    /** Why the lease is to be given up though it lives; empty if it is not. */
    private volatile String ended = "";

    /** Where a session takes its time and its dice from. */
    record Clocks(InstantSource clock, LongSupplier nanoTicker, RandomGenerator random) {}

    /** Whom a session tells: of a loss before a new lease is sought, of each renewal, of what the site record says. */
    record Listeners(Consumer<String> onLoss, Runnable onRenewal, FirstAnswer first) {}

    EtcdSession(
            EtcdSettings settings,
            EtcdMembers members,
            EtcdKv kv,
            EtcdMemory memory,
            StateBoard board,
            Clocks clocks,
            Listeners listeners) {
        this.settings = settings;
        this.timing = settings.timing();
        this.members = members;
        this.kv = kv;
        this.keys = new EtcdKeys(settings.prefix());
        this.memory = memory;
        this.board = board;
        this.clocks = clocks;
        this.onLoss = listeners.onLoss();
        this.onRenewal = listeners.onRenewal();
        this.first = listeners.first();
        this.thread = Thread.ofPlatform().daemon().name("etcd-session").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Returns the lease if it was answered for within two thirds of its time. */
    Optional<Lease> live() {
        lock.lock();
        try {
            return sinceAnswerNanos() < timing.stopAfter().toNanos() ? Optional.ofNullable(lease) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    boolean isLive(Lease wanted) {
        return live().filter(wanted::equals).isPresent();
    }

    /** Waits for a live lease, for as long as an operation may take. */
    Lease await() throws StoreUnavailableException {
        long leftNanos = timing.operationTimeout().toNanos();
        lock.lock();
        try {
            for (Optional<Lease> live = live(); !closed; live = live()) {
                if (live.isPresent()) {
                    return live.get(); // also while etcd refuses: only a try shows that it does so no more
                }
                if (leftNanos <= 0 || board.state().health() == StoreState.Health.REFUSED) {
                    break;
                }
                leftNanos = changed.awaitNanos(leftNanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        throw new StoreUnavailableException(board.state().sentence(), null);
    }

    /** Makes the thread ask now whether the lease is alive, because an answer let doubt arise. */
    void doubt() {
        lock.lock();
        try {
            hurry = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Has the lease given up, and the site record read again, because that says that nothing may be claimed here. */
    void end(String reason) {
        ended = reason;
        doubt();
    }

    private void run() {
        long formerLeaseId = 0;
        try {
            while (!closed) {
                Optional<Lease> granted = establish(formerLeaseId);
                if (granted.isEmpty()) {
                    pause(RETRY.plusNanos(clocks.random().nextLong(RETRY.toNanos())));
                    continue;
                }
                formerLeaseId = granted.get().id();
                String reason = keep(granted.get());
                set(null);
                if (!closed) {
                    board.set(StoreState.Health.STOPPED, reason);
                    onLoss.accept(reason);
                    pause(Duration.ofNanos(clocks.random().nextLong(MAX_JITTER.toNanos())));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // close() is the only one that interrupts
        }
    }

    /** Reads the site record and takes a lease; empty if that failed, which the board then says. */
    private Optional<Lease> establish(long formerLeaseId) {
        long sentNanos = clocks.nanoTicker().getAsLong();
        try {
            ended = "";
            ensureEpoch();
            first.unmarked();
            if (formerLeaseId != 0) {
                EtcdLeases.revoke(members, formerLeaseId); // what it held is free at once, not at its end
            }
            sentNanos = clocks.nanoTicker().getAsLong();
            var granted = new Lease(EtcdLeases.grant(members, timing.leaseTtl()));
            lock.lock();
            try {
                answeredNanos = sentNanos;
            } finally {
                lock.unlock();
            }
            set(granted);
            board.set(StoreState.Health.LIVE, liveSentence());
            return Optional.of(granted);
        } catch (StoreUnavailableException e) {
            boolean refused = e.kind() == EtcdFailure.Kind.REFUSED;
            if (board.state().health() != StoreState.Health.STOPPED || refused) {
                board.set(
                        refused ? StoreState.Health.REFUSED : StoreState.Health.AWAY,
                        e.sentence()
                                + (refused
                                        ? "; nothing is claimed until then"
                                        : "; nothing can be claimed until it does, then work resumes by itself"));
            }
        } catch (CorruptCheckpointException e) {
            board.set(StoreState.Health.REFUSED, e.sentence());
            first.unmarked();
        } catch (MarkedStoreException e) {
            if (!first.marked(e)) {
                board.set(StoreState.Health.REFUSED, e.sentence());
            }
        }
        set(null); // whoever waits for a lease looks at the board
        return Optional.empty();
    }

    /**
     * Sees to it that the site record is there and names an epoch that is not older than one this gateway has seen: claims take
     * theirs from it. The clock only proposes; an epoch never goes back because a clock did.
     */
    private void ensureEpoch() throws StoreUnavailableException, CorruptCheckpointException, MarkedStoreException {
        boolean setBack = kv.isSetBack() && kv.acceptSetBack();
        ByteString key = keys.site();
        long known = memory.seen().epoch();
        long next = Math.max(known + 1, clocks.clock().instant().getEpochSecond());
        Optional<EtcdSite.Stored> found = kv.get(key, value -> EtcdSite.decode(settings.prefix(), value));
        if (found.isPresent()) {
            EtcdSite site = found.get().site();
            if (!site.site().equals(settings.site())) {
                throw new CorruptCheckpointException(
                        "the etcd prefix " + settings.prefix(),
                        "it belongs to site " + site.site() + ", this is site " + settings.site()
                                + "; give each site a prefix of its own");
            }
            if (site.marked().isPresent()) {
                throw new MarkedStoreException(settings.shown(), site.marked().get());
            }
            boolean goesOn = !setBack && site.epoch() >= known;
            if (goesOn && site.clusterId() == kv.clusterId()) {
                return;
            }
            next = goesOn && site.clusterId() == 0 ? site.epoch() : Math.max(next, site.epoch() + 1);
        }
        long guard = found.map(EtcdSite.Stored::modRevision).orElse(0L);
        kv.txn(TxnRequest.newBuilder()
                .addCompare(EtcdKv.modifiedAt(key, guard))
                .addSuccess(EtcdKv.put(key, new EtcdSite(settings.site(), next, kv.clusterId()).encode(), 0))
                .build());
        // Whoever won the race, the record is there now.
    }

    /** Renews until the lease is lost or the session closed; returns why it was lost. */
    private String keep(Lease held) throws InterruptedException {
        while (!closed) {
            pause(timing.leaseTtl().dividedBy(6));
            while (!closed) {
                Duration left = timing.stopAfter().minus(sinceAnswer());
                if (left.isNegative() || left.isZero()) {
                    return "etcd has not answered for " + sinceAnswer().toSeconds()
                            + " s: no job is begun and nothing noted; transfers under way go on as long as their receivers"
                            + " take them, and all resumes by itself when etcd is back";
                }
                if (kv.isSetBack()) {
                    return EtcdKv.SET_BACK;
                }
                if (!ended.isEmpty()) {
                    return ended;
                }
                Renewal renewal = renew(held, left.compareTo(timing.callTimeout()) < 0 ? left : timing.callTimeout());
                if (renewal == Renewal.GONE) {
                    return "etcd ended this gateway's lease: what it owned is claimed again";
                }
                if (renewal == Renewal.ALIVE) {
                    break;
                }
                pause(RETRY);
            }
        }
        return "closed";
    }

    private enum Renewal {
        ALIVE,
        GONE,
        FAILED
    }

    private Renewal renew(Lease held, Duration timeout) throws InterruptedException {
        EtcdMember member = members.current();
        long sentNanos = clocks.nanoTicker().getAsLong();
        try {
            if (!EtcdLeases.renew(member, held.id(), timeout)) {
                return Renewal.GONE;
            }
        } catch (StatusRuntimeException e) {
            EtcdFailure failure = EtcdFailure.of(e.getStatus(), member.endpoint());
            if (failure.kind() == EtcdFailure.Kind.LEASE_GONE) {
                return Renewal.GONE;
            }
            members.failed(member);
            if (sinceAnswer().compareTo(timing.leaseTtl().dividedBy(3)) > 0) {
                board.set(
                        StoreState.Health.AWAY,
                        failure.sentence() + "; running work goes on until "
                                + timing.stopAfter().toSeconds()
                                + " s without an answer, then only transfers under way do, and all resumes by itself");
            }
            return Renewal.FAILED;
        }
        lock.lock();
        try {
            answeredNanos = sentNanos;
        } finally {
            lock.unlock();
        }
        onRenewal.run();
        return Renewal.ALIVE;
    }

    String liveSentence() {
        return "checkpoints are kept in etcd at " + members.current().endpoint() + " ("
                + settings.endpoints().size() + (settings.endpoints().size() == 1 ? " member)" : " members)");
    }

    private void set(@Nullable Lease now) {
        lock.lock();
        try {
            lease = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Duration sinceAnswer() {
        lock.lock();
        try {
            return Duration.ofNanos(sinceAnswerNanos());
        } finally {
            lock.unlock();
        }
    }

    private long sinceAnswerNanos() {
        return clocks.nanoTicker().getAsLong() - answeredNanos;
    }

    private void pause(Duration duration) throws InterruptedException {
        lock.lock();
        try {
            long leftNanos = duration.toNanos();
            while (!closed && !hurry && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            hurry = false;
        } finally {
            lock.unlock();
        }
    }

    /** Stops renewing and gives the lease back with all that it owns, if etcd answers at once; else it ends by itself. */
    @Override
    public void close() {
        @Nullable Lease held;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            held = lease;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
        if (held != null) {
            EtcdLeases.tryRevoke(members.current(), held.id(), timing.callTimeout());
        }
    }
}
