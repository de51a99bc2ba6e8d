package io.culvert.gateway.admin;

import java.io.InputStream;
import java.util.List;

/** What concerns datasets. */
public interface DatasetOperations {

    List<DatasetView> datasets() throws OperationException;

    DatasetView dataset(String name) throws OperationException;

    /**
     * Starts replication now and returns at once, one job for each target.
     *
     * @param peers the targets; empty: all that the site file names
     */
    List<JobView> replicate(String dataset, List<String> peers) throws OperationException;

    /**
     * Stores a backup stream as a snapshot of a stream dataset and then starts its replication.
     *
     * @param source read to its end by the calling thread, not closed. An IOException of it (the client went away)
     *     means that the stream is not whole: no snapshot is made.
     */
    IngestResult ingest(String dataset, String label, InputStream source) throws OperationException;
}
