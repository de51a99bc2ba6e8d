package io.culvert.gateway.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/** What concerns snapshots. An id is 1 to 100 of letters, digits and {@code . _ - : @ +}. */
public interface SnapshotOperations {

    /**
     * Complete snapshots, newest first.
     *
     * @param dataset only of this dataset
     * @param peer those held by this peer; nothing: those held here
     */
    List<SnapshotView> snapshots(Optional<String> dataset, Optional<String> peer) throws OperationException;

    /** A snapshot held here, or else by a peer that is up. */
    SnapshotView snapshot(String id) throws OperationException;

    /** Tells what changed from one snapshot to another, in the order of the manifest. Returns the counts. */
    DiffSummary diff(String from, String to, Feed<DiffEntry> changes) throws OperationException, IOException;

    /** Deletes a snapshot held here; refused while it is locked. Returns what it was. */
    SnapshotView delete(String id) throws OperationException;

    /**
     * Writes a restore stream, as {@code replicate.RestoreStream} reads it.
     *
     * @param out flushed, not closed; its IOException means that the reader went away, and comes back unchanged
     * @throws OperationException also in the middle of the stream: the reader learns of it and keeps no claim
     */
    void restore(RestoreRequest request, OutputStream out) throws OperationException, IOException;

    /** Reads again and hashes again. Damage is in the report, it is not an exception. */
    VerifyReport verify(VerifyRequest request, Feed<VerifyProgress> progress) throws OperationException, IOException;
}
