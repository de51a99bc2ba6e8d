package io.culvert.gateway.replicate;

import io.culvert.dedupe.pool.Pool;
import java.util.Optional;

/** What a site lets its peers do, and with which pools; given by the composition root. */
public interface ReplicationAccess {

    /** The pool of this name, if the site has it and it is open. */
    Optional<Pool> pool(String name);

    /** Why the peer may not write to the pool; empty if it may. */
    Optional<String> refusalToWrite(String peer, String pool);

    /** Why the peer may not read snapshots of the dataset; empty if it may. */
    Optional<String> refusalToRead(String peer, String dataset);

    /** All open pools. */
    Iterable<Pool> pools();
}
