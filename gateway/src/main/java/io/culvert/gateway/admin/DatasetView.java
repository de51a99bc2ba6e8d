package io.culvert.gateway.admin;

import java.util.List;
import java.util.Optional;

/**
 * A dataset of this site.
 *
 * @param kind tree, volume or stream
 * @param source the path of a tree or volume, the pool of a stream
 * @param schedule cron expression, if it has one
 */
public record DatasetView(
        String name,
        String kind,
        String source,
        Optional<String> schedule,
        Optional<Long> rpoSeconds,
        List<ReplicaView> replicas) {
    public DatasetView {
        replicas = List.copyOf(replicas);
    }
}
