package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * One target of a dataset and how far it is behind.
 *
 * @param newest the newest complete snapshot there, as this site knows it
 * @param newestCreated when its source was read
 * @param lagSeconds age of it; nothing: no complete replica yet
 * @param late whether the lag is beyond the dataset's rpo
 * @param job the job under way, if there is one
 */
public record ReplicaView(
        String peer,
        String pool,
        Optional<String> newest,
        Optional<Instant> newestCreated,
        Optional<Long> lagSeconds,
        boolean late,
        Optional<String> job) {}
