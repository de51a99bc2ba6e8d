package io.culvert.gateway;

import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.replicate.JobLedger.JobKey;
import io.culvert.gateway.replicate.Replicator;
import io.culvert.siteconfig.DatasetConfig;
import io.culvert.siteconfig.SiteConfig;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves what is kept of jobs to the present name of their pool: of a peer's pool as soon as the site file here names it so, of an own one as
 * soon as it is open. One job at a time, each in steps of which any can be done again, and all of it again until nothing is left to do: so a
 * gateway that is killed in the middle goes on where it was. A job that runs is left alone until it has ended.
 */
final class Rehoming {

    private static final Logger LOG = LoggerFactory.getLogger(Rehoming.class);

    private final Supplier<SiteConfig> config;
    private final Whereabouts whereabouts;
    private final PoolNames names;
    private final PeerPools peerPools;
    private final Replicator replicator;
    private final AtomicBoolean due = new AtomicBoolean(true);
    private final ReentrantLock lock = new ReentrantLock();

    /** What could not be done when it was looked at last; guarded by the lock. */
    private Set<JobKey> left = Set.of();

    Rehoming(
            Supplier<SiteConfig> config,
            Whereabouts whereabouts,
            PoolNames names,
            PeerPools peerPools,
            Replicator replicator) {
        this.config = config;
        this.whereabouts = whereabouts;
        this.names = names;
        this.peerPools = peerPools;
        this.replicator = replicator;
    }

    /** Something was renamed, or the site file was read again. */
    void hurry() {
        due.set(true);
    }

    /** Does what there is to do, if anything may be; what cannot be done now is tried again at the next call. */
    void look() {
        lock.lock();
        try {
            if (due.getAndSet(false)) {
                boolean any = !names.formers().isEmpty() || !peerPools.isEmpty();
                left = any ? replicator.known() : Set.of();
            }
            Set<JobKey> later = new HashSet<>();
            for (JobKey key : left) {
                Optional<JobKey> present = present(key);
                if (present.isPresent() && !rehome(key, present.get())) {
                    later.add(key);
                }
            }
            left = later;
        } catch (IOException e) {
            due.set(true);
            LOG.debug("jobs of renamed pools are looked after later: {}", e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private boolean rehome(JobKey from, JobKey to) throws IOException {
        boolean done = replicator.rehome(from, to);
        if (done) {
            LOG.atInfo()
                    .addKeyValue("peer", to.peer())
                    .log(
                            "what is known of {} in pool {} is kept as that of pool {}",
                            to.dataset(),
                            from.pool(),
                            to.pool());
            replicator.resume(() -> config.get().datasets(), to::equals);
        }
        return done;
    }

    /** By which name a job goes on, if that is another one, and this gateway is to see to it. */
    private Optional<JobKey> present(JobKey key) {
        SiteConfig now = config.get();
        if (key.peer().equals(now.site().toString())) {
            return names.former(key.pool())
                    .flatMap(former -> former instanceof PoolNames.Former.Renamed renamed
                            ? Optional.of(renamed.now())
                            : Optional.empty())
                    .filter(pool -> now.pools().containsKey(pool) && whereabouts.isHere(Thing.pool(pool)))
                    .map(pool -> new JobKey(key.dataset(), key.peer(), pool));
        }
        Map<String, DatasetConfig> datasets = now.datasets();
        DatasetConfig dataset = datasets.get(key.dataset());
        return dataset == null || names(dataset, key) || !whereabouts.isHere(Thing.peer(key.peer()))
                ? Optional.empty()
                : peerPools
                        .renamed(key.peer(), key.pool())
                        .map(renamed -> new JobKey(key.dataset(), key.peer(), renamed.now()))
                        .filter(present -> names(dataset, present));
    }

    private static boolean names(DatasetConfig dataset, JobKey key) {
        return dataset.policy().replicateTo().stream()
                .anyMatch(target -> target.peer().toString().equals(key.peer())
                        && target.pool().equals(key.pool()));
    }
}
