package io.culvert.gateway.admin;

/**
 * All that can be asked of a running gateway.
 *
 * <p>Calls block, come from any number of virtual threads at once, and must notice an interrupt where they wait. What
 * cannot be done is an {@link OperationException} with its sentence; any other exception is a bug of the gateway.
 */
public interface SiteOperations
        extends PeerOperations,
                DatasetOperations,
                JobOperations,
                SnapshotOperations,
                PoolOperations,
                GatewaysOperations,
                EtcdOperations,
                AlertOperations {

    /** One screen about this site, taken at one moment as far as that is cheap. */
    SiteStatus status() throws OperationException;

    /** Whether this gateway can do its work now; false while it starts, stops or its checkpoint store is stopped. */
    Readiness readiness();
}
