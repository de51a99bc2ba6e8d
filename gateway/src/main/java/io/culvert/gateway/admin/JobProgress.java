package io.culvert.gateway.admin;

import java.util.Optional;

/**
 * The counters of a job; they come from one durable source and go on through resumed attempts.
 *
 * @param sourceBytes of the source seen so far, unchanged files included without reading them
 * @param totalEntries what the whole will have, if known: counted, or of the last snapshot
 * @param totalBytes the same in bytes
 * @param totalsExact whether the totals are counted, not taken from the last snapshot
 * @param readBytes of the source really read
 * @param chunks that the snapshot names so far
 * @param newChunks of them that the pool lacked
 * @param newBytes length of the new chunks
 * @param storedBytes length of the new chunks as compressed
 * @param acknowledgedBytes of {@code storedBytes}, verified and durable at the receiver
 * @param wireSentBytes payload and framing of this job's channel before TLS
 * @param wireReceivedBytes the same, the other way
 * @param bytesPerSecond of the source, over the last few seconds
 * @param wireBytesPerSecond both directions, over the last few seconds
 * @param current path of the entry at hand, for people: control characters and what is not UTF-8 as {@code \xNN}
 */
public record JobProgress(
        long entries,
        long sourceBytes,
        Optional<Long> totalEntries,
        Optional<Long> totalBytes,
        boolean totalsExact,
        long readBytes,
        long chunks,
        long newChunks,
        long newBytes,
        long storedBytes,
        long acknowledgedBytes,
        long wireSentBytes,
        long wireReceivedBytes,
        double bytesPerSecond,
        double wireBytesPerSecond,
        Optional<String> current) {

    /** Nothing done, nothing known. */
    public static final JobProgress NONE = new JobProgress(
            0, 0, Optional.empty(), Optional.empty(), false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Optional.empty());
}
