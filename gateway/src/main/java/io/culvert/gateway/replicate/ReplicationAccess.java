package io.culvert.gateway.replicate;

import io.culvert.dedupe.pool.Pool;
import java.util.Optional;

/** What a site lets its peers do, and with which pools; given by the composition root. */
public interface ReplicationAccess {

    /** The pool of this name, if the site has it and it is open. */
    Optional<Pool> pool(String name);

    /** Why a pool is not there, in one sentence. */
    String absence(String pool);

    /** Whether a pool that is not there will be again without a person: another gateway of the site opens it, or this one. */
    boolean isMoving(String pool);

    /** Why the peer may not write to the pool; empty if it may. */
    Optional<String> refusalToWrite(String peer, String pool);

    /** Why the peer may not read snapshots of the dataset; empty if it may. */
    Optional<String> refusalToRead(String peer, String dataset);

    /** All open pools. */
    Iterable<Pool> pools();
}
