package io.culvert.gateway.replicate;

import io.culvert.dedupe.pool.Pool;
import java.util.List;
import java.util.Optional;

/** A site without pools, which refuses nobody. */
public record NoPools() implements ReplicationAccess {
    @Override
    public String absence(String pool) {
        return "there are no pools here";
    }

    @Override
    public boolean isMoving(String pool) {
        return false;
    }

    @Override
    public Optional<Pool> pool(String name) {
        return Optional.empty();
    }

    @Override
    public Optional<String> refusalToWrite(String peer, String pool) {
        return Optional.empty();
    }

    @Override
    public Optional<String> refusalToRead(String peer, String dataset) {
        return Optional.empty();
    }

    @Override
    public Iterable<Pool> pools() {
        return List.of();
    }
}
