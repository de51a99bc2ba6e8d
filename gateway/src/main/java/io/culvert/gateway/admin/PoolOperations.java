package io.culvert.gateway.admin;

import java.util.List;

/** What concerns pools and appliances. */
public interface PoolOperations {

    List<PoolView> pools() throws OperationException;

    PoolView pool(String name) throws OperationException;

    /**
     * Calls a pool otherwise, as its site file, which the gateway does not write, says by then.
     *
     * @param check only tells what is to change in the site file, and refuses what cannot be
     */
    PoolRenameView renamePool(String from, String to, boolean check) throws OperationException;

    /** Begins to move all snapshots of a dataset into this pool, or returns the job that does so. */
    JobView moveDataset(String dataset, String to) throws OperationException;

    /** The appliances of peers that clients here reach, and those here that peers may connect to. */
    List<ApplianceView> appliances() throws OperationException;
}
