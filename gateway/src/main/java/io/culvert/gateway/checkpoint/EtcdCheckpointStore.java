package io.culvert.gateway.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link CheckpointStore} in the site's etcd, which several gateways share.
 *
 * <p>Opening it does not need etcd to be there; {@link #state} says whether it is. One {@link EtcdSession} keeps this gateway's
 * lease; every write is a transaction guarded by the owner record that is bound to it. When etcd was silent for two thirds of
 * the lease, ended it or was set back, all ownerships are lost and their listeners told; claims succeed again as soon as there is
 * a new lease.
 */
public final class EtcdCheckpointStore implements CheckpointStore {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdCheckpointStore.class);

    private final EtcdSettings settings;
    private final EtcdMemory memory;
    private final FirstAnswer first;
    private final EtcdMembers members;
    private final EtcdKv kv;
    private final EtcdKeys keys;
    private final EtcdClaims claims;
    private final EtcdReads reads;
    private final EtcdWrites writes;
    private final EtcdEnds ends;
    private final EtcdGateways gateways;
    private final EtcdSession session;
    private final StateBoard board;
    private final Holdings holdings = new Holdings();
    private final Set<String> claiming = ConcurrentHashMap.newKeySet();

    private final Strays strays;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final AtomicLong lostLeases = new AtomicLong();
    private volatile boolean refused;

    private EtcdCheckpointStore(EtcdSettings settings, EtcdMemory memory, EtcdSession.Clocks clocks)
            throws IOException {
        this.settings = settings;
        this.memory = memory;
        this.board = new StateBoard(
                clocks.clock(), StoreState.Health.AWAY, "etcd at " + settings.endpoints() + " has not answered yet");
        this.first = new FirstAnswer(settings.endpoints().size());
        this.members = new EtcdMembers(settings, clocks.nanoTicker(), clocks.random(), this::attemptFailed);
        this.kv = new EtcdKv(members, memory.seen());
        this.strays = new Strays(clocks.nanoTicker());
        this.keys = new EtcdKeys(settings.prefix());
        this.claims = new EtcdClaims(kv, keys, settings.gateway(), clocks.clock());
        this.reads = new EtcdReads(kv, keys);
        this.writes = new EtcdWrites(kv, keys);
        this.ends = new EtcdEnds(kv, keys);
        this.session = new EtcdSession(
                settings,
                members,
                kv,
                memory,
                board,
                clocks,
                new EtcdSession.Listeners(this::lostAll, this::renewed, first));
        this.gateways = new EtcdGateways(kv, keys, claims.process(), session::await, this::failed);
    }

    /** The gateways that share this etcd. */
    public GatewayRegister gateways() {
        return gateways;
    }

    /**
     * Opens the store and starts its session.
     *
     * @param memory a file of this gateway: what it has seen of etcd, so that one that was set back while the gateway was down is
     *     noticed
     * @throws IOException if the TLS files or the memory cannot be read
     */
    public static EtcdCheckpointStore open(EtcdSettings settings, Path memory, InstantSource clock) throws IOException {
        return open(settings, EtcdMemory.of(memory), clock);
    }

    /** Without a memory. */
    static EtcdCheckpointStore open(EtcdSettings settings, InstantSource clock) throws IOException {
        return open(settings, EtcdMemory.none(), clock);
    }

    private static EtcdCheckpointStore open(EtcdSettings settings, EtcdMemory memory, InstantSource clock)
            throws IOException {
        var clocks = new EtcdSession.Clocks(clock, System::nanoTime, RandomGenerator.getDefault());
        var store = new EtcdCheckpointStore(settings, memory, clocks);
        store.session.start();
        return store;
    }

    /**
     * Waits until etcd has said whether this store may be worked with; one that does not answer is not waited for, and says it later.
     *
     * @param patience the longest wait
     * @throws MarkedStoreException if it was left for another store, or a migration into it is not finished
     */
    public void requireUnmarked(Duration patience) throws MarkedStoreException {
        first.require(patience);
    }

    /** How often this gateway has lost its lease since it was started. */
    public long lostLeases() {
        return lostLeases.get();
    }

    /** How often etcd was found restored from a backup or replaced since then. */
    public long setBacks() {
        return kv.setBacks();
    }

    @Override
    public Ownership claim(String jobId, LossListener listener) throws IOException {
        Job.requireId(jobId);
        if (!claiming.add(jobId)) {
            throw new StoreUnavailableException(
                    "job " + jobId + " is being claimed by another thread of this gateway", null);
        }
        long abandoned = members.abandoned();
        boolean asked = false;
        boolean answered = false;
        try {
            Optional<Ownership> held = holdings.of(jobId);
            if (held.isPresent()) {
                throw new OwnedException(jobId, held.get().owner());
            }
            EtcdSession.Lease lease = session.await();
            asked = true;
            EtcdClaims.Claimed claimed = claims.claim(jobId, lease);
            memory.note(kv.clusterId(), claimed.ownership().fence());
            answered = true;
            Ownership ownership = claimed.ownership();
            writes.begin(ownership, claimed.position());
            holdings.add(ownership, listener);
            if (!session.isLive(lease)) { // it ended meanwhile, and whoever was told of that did not know of this one
                lose(ownership, "the lease ended while it was claimed");
            }
            answered();
            return ownership;
        } catch (OwnedException e) {
            answered = true;
            throw e;
        } catch (StoreUnavailableException e) {
            throw failed(e);
        } finally {
            if (asked && !(answered && members.abandoned() == abandoned)) {
                strays.add(jobId); // what a member was asked before another one answered may land yet
            }
            claiming.remove(jobId);
        }
    }

    @Override
    public Optional<Owner> owner(String jobId) throws IOException {
        return claims.owner(Job.requireId(jobId));
    }

    @Override
    public List<WriteOutcome> writeAll(List<CheckpointWrite> batch) {
        WriteOutcome[] outcomes =
                new WriteOutcome[CheckpointBatch.require(batch).size()];
        Map<Integer, CheckpointWrite> owned = new HashMap<>();
        boolean live = session.live().isPresent();
        for (int i = 0; i < outcomes.length; i++) {
            Ownership ownership = batch.get(i).ownership();
            if (!holdings.holds(ownership)) {
                outcomes[i] = new WriteOutcome.Fenced(notHeld(ownership));
            } else if (!live) {
                session.doubt();
                outcomes[i] = new WriteOutcome.Unknown(
                        new StoreUnavailableException(board.state().sentence(), null));
            } else {
                owned.put(i, batch.get(i));
            }
        }
        if (!owned.isEmpty()) {
            writes.write(owned).forEach((index, outcome) -> {
                outcomes[index] = outcome;
                note(batch.get(index).ownership(), outcome);
            });
        }
        return List.of(outcomes);
    }

    private void note(Ownership ownership, WriteOutcome outcome) {
        switch (outcome) {
            case WriteOutcome.Written written -> answered();
            case WriteOutcome.Unknown unknown -> failed(unknown.cause());
            case WriteOutcome.Fenced fenced -> lose(ownership, fenced.cause().reason());
        }
    }

    @Override
    public Optional<StoredCheckpoint> read(String jobId) throws IOException {
        return reads.read(Job.requireId(jobId));
    }

    @Override
    public CheckpointPage list(String after, int limit) throws IOException {
        return reads.list(after, limit);
    }

    @Override
    public Deletion delete(Ownership ownership, String attempt) throws IOException {
        return whileOwned(ownership, () -> writes.delete(ownership, attempt));
    }

    @Override
    public void noteEnd(Ownership ownership, EndedJob ended) throws IOException {
        whileOwned(ownership, () -> {
            ends.note(ownership, ended.under(ownership));
            answered();
            return ended;
        });
    }

    /** A write that etcd takes only from the owner. */
    private interface Guarded<T> {
        T write() throws IOException;
    }

    /** Writes, and gives the ownership up if etcd says that it is another's. */
    private <T> T whileOwned(Ownership ownership, Guarded<T> guarded) throws IOException {
        if (!holdings.holds(ownership)) {
            throw notHeld(ownership);
        }
        try {
            return guarded.write();
        } catch (FencedException e) {
            lose(ownership, e.reason());
            throw e;
        } catch (StoreUnavailableException e) {
            throw failed(e);
        }
    }

    @Override
    public void noteEnd(EndedJob ended) throws IOException {
        try {
            session.await();
            ends.note(ended);
            answered();
        } catch (StoreUnavailableException e) {
            throw failed(e);
        }
    }

    @Override
    public EndedJobs ended() throws IOException {
        return ends.newestFirst();
    }

    @Override
    public boolean isOwned(Ownership ownership) {
        return session.live().isPresent() && holdings.holds(ownership);
    }

    @Override
    public void release(Ownership ownership) {
        if (!holdings.remove(ownership)) {
            return;
        }
        writes.end(ownership);
        try {
            claims.release(ownership);
        } catch (StoreUnavailableException e) {
            strays.add(ownership.jobId());
            failed(e);
        }
    }

    /** Unless the job is being claimed again. */
    private boolean removeStray(String jobId) throws StoreUnavailableException {
        if (!claiming.add(jobId)) {
            return false;
        }
        try {
            if (holdings.of(jobId).isEmpty()) {
                claims.removeStray(jobId);
            }
            return true;
        } finally {
            claiming.remove(jobId);
        }
    }

    @Override
    public StoreState state() {
        return board.state();
    }

    private void lose(Ownership ownership, String reason) {
        writes.end(ownership);
        holdings.lose(ownership, reason);
    }

    private void lostAll(String reason) {
        lostLeases.incrementAndGet();
        holdings.loseAll(reason, writes::end);
    }

    private void renewed() {
        showLive();
        strays.sweep(this::removeStray, this::failed);
        if (looking.compareAndSet(false, true)) {
            Thread.startVirtualThread(this::lookBack);
        }
    }

    /**
     * Reads, so that a set-back, or a mark, is noticed where nothing is written: the lease, too, may have come alive again with the past. After a
     * refusal it asks whether a write would be taken, for where nothing is claimed nobody would find out.
     */
    private void lookBack() {
        try {
            if (refused) {
                kv.txn(EtcdKv.wouldPut(keys.owner("-"), keys.checkpoint("-")));
                answered();
            }
            kv.get(keys.site(), found -> EtcdSite.decode(settings.prefix(), found))
                    .flatMap(found -> found.site().marked())
                    .ifPresent(mark -> session.end(mark.sentence(settings.shown())));
        } catch (StoreUnavailableException e) {
            if (kv.isSetBack()) {
                session.doubt();
            } // else etcd still refuses, or is away, which the session says
        } catch (CorruptCheckpointException e) {
            LOG.debug("{}; who claims next says so", e.sentence());
        } finally {
            looking.set(false);
        }
    }

    private void showLive() {
        if (!refused) {
            board.set(StoreState.Health.LIVE, session.liveSentence());
        }
    }

    private void answered() {
        refused = false;
        showLive();
    }

    /** While etcd is away, each attempt may say better why; one that fails while it is live means nothing yet. */
    private void attemptFailed(EtcdFailure failure) {
        first.silent();
        if (board.state().health() == StoreState.Health.AWAY) {
            board.set(StoreState.Health.AWAY, failure.sentence() + "; work resumes by itself when it does");
        }
    }

    private StoreUnavailableException failed(StoreUnavailableException failure) {
        switch (failure.kind()) {
            case REFUSED -> {
                refused = true;
                board.set(StoreState.Health.REFUSED, failure.sentence());
            }
            case LEASE_GONE -> session.doubt();
            case TRANSIENT -> {
                if (board.state().health() == StoreState.Health.LIVE) {
                    board.set(StoreState.Health.AWAY, failure.sentence() + "; work resumes by itself when it does");
                }
            }
        }
        return failure;
    }

    private static FencedException notHeld(Ownership ownership) {
        return new FencedException(ownership, "it was released, or was lost before");
    }

    @Override
    public void close() {
        holdings.removeAll();
        session.close();
        board.set(StoreState.Health.CLOSED, "the checkpoint store is closed");
        members.close();
    }
}
