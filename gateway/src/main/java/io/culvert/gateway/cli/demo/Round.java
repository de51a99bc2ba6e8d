package io.culvert.gateway.cli.demo;

import io.culvert.gateway.admin.JobProgress;
import io.culvert.gateway.admin.JobView;
import java.time.Duration;

/**
 * One replication, as measured.
 *
 * @param wireBytes every byte of the TCP connection, both directions
 * @param dedupRatio source bytes to bytes of new chunks; source bytes if nothing was new
 * @param compressionRatio bytes of new chunks before to after compression; 1 if nothing was new
 */
record Round(
        long sourceBytes,
        long chunks,
        long newChunks,
        long wireBytes,
        double dedupRatio,
        double compressionRatio,
        double seconds) {

    static Round of(JobView job, long wireBytes) {
        JobProgress p = job.progress();
        Duration took = Duration.between(
                job.started().orElse(job.created()), job.ended().orElse(job.created()));
        return new Round(
                p.sourceBytes(),
                p.chunks(),
                p.newChunks(),
                wireBytes,
                ratio(p.sourceBytes(), Math.max(1, p.newBytes())),
                p.storedBytes() == 0 ? 1 : ratio(p.newBytes(), p.storedBytes()),
                took.toNanos() / 1e9);
    }

    double megabytesPerSecond() {
        return seconds <= 0 ? 0 : sourceBytes / 1e6 / seconds;
    }

    private static double ratio(long of, long to) {
        return Math.round(100.0 * of / to) / 100.0;
    }
}
