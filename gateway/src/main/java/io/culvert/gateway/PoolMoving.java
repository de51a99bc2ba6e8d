package io.culvert.gateway;

import io.culvert.dedupe.pool.Pool;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.replicate.Job;
import io.culvert.gateway.replicate.RemoteSnapshot;
import io.culvert.siteconfig.DatasetConfig;
import io.culvert.siteconfig.SiteConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Begins to move a dataset into another pool, where that can be done: all pools that may hold snapshots of it must be at this gateway, and what
 * is yet to come must not go on into the former pool.
 */
final class PoolMoving {

    private final GatewayOperations.Parts parts;
    private final SnapshotAnswers snapshots;

    PoolMoving(GatewayOperations.Parts parts, SnapshotAnswers snapshots) {
        this.parts = parts;
        this.snapshots = snapshots;
    }

    Job move(String dataset, String to) throws OperationException {
        Pool target =
                parts.pools().pool(to).orElseThrow(() -> refused(parts.pools().absence(to)));
        SiteConfig config = parts.config().get();
        if (config.datasets().get(dataset) instanceof DatasetConfig.Stream stream
                && !stream.pool().equals(to)) {
            throw refused("the site file takes dataset " + dataset + " into pool " + stream.pool()
                    + ", and would go on to; write pool: " + to + " there first, then: systemctl reload culvert");
        }
        List<Pool> from = new ArrayList<>();
        for (String name : config.pools().keySet()) {
            if (!name.equals(to)) {
                from(name, dataset, from);
            }
        }
        requireAny(dataset, from, target);
        return parts.replicator().local().move(dataset, from, target);
    }

    private static void requireAny(String dataset, List<Pool> from, Pool target) throws OperationException {
        try {
            for (Pool pool : Stream.concat(from.stream(), Stream.of(target)).toList()) {
                if (pool.snapshots().list().snapshots().stream()
                        .anyMatch(one -> one.dataset().equals(dataset))) {
                    return;
                }
            }
        } catch (IOException e) {
            throw Failures.of(e);
        }
        throw Failures.notFound("no pool of this site holds a snapshot of dataset " + dataset
                + "; culvert snapshot list shows what there is");
    }

    private void from(String name, String dataset, List<Pool> from) throws OperationException {
        if (parts.pools().pool(name).isPresent()) {
            from.add(parts.pools().pool(name).orElseThrow());
        } else if (parts.siblings().with(Thing.pool(name)).isEmpty()) {
            throw refused("pool " + name + " may hold snapshots of dataset " + dataset + ", and cannot be looked into: "
                    + parts.pools().absence(name));
        } else if (isHeldBy(name, dataset)) {
            throw refused("pool " + name + " holds snapshots of dataset " + dataset + ", and is with gateway "
                    + parts.siblings().with(Thing.pool(name)).orElseThrow()
                    + "; both pools must be at one gateway: culvert gateway drain there, if this host sees its disk");
        }
    }

    private boolean isHeldBy(String pool, String dataset) throws OperationException {
        try {
            for (RemoteSnapshot one : snapshots.atOthers(dataset, "")) {
                if (one.pool().equals(pool)) {
                    return true;
                }
            }
            return false;
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    private static OperationException refused(String sentence) {
        return new OperationException(FailureCategory.REFUSED, sentence);
    }
}
