package io.culvert.dedupe.pool;

import java.util.ArrayList;
import java.util.List;

/**
 * What a verification read and what it found.
 *
 * @param segments count of segments that were read and hashed
 * @param chunks count of chunks that are what their fingerprints say
 * @param storedBytes bytes read
 * @param damageCount count of all damages
 * @param damages the first of them, at most {@value #MAX_LISTED}
 */
public record VerifyReport(long segments, long chunks, long storedBytes, long damageCount, List<Damage> damages) {

    static final int MAX_LISTED = 10_000;

    public VerifyReport {
        damages = List.copyOf(damages);
    }

    public boolean isSound() {
        return damageCount == 0;
    }

    /** Gathers a report. */
    static final class Builder {

        private final List<Damage> damages = new ArrayList<>();
        private long segments;
        private long chunks;
        private long storedBytes;
        private long damageCount;

        void read(long bytes) {
            storedBytes += bytes;
        }

        void sound(int chunkCount) {
            segments++;
            chunks += chunkCount;
        }

        void damage(Damage damage) {
            damageCount++;
            if (damages.size() < MAX_LISTED) {
                damages.add(damage);
            }
        }

        void soundChunks(int count) {
            chunks += count;
        }

        long storedBytes() {
            return storedBytes;
        }

        long damageCount() {
            return damageCount;
        }

        VerifyReport build() {
            return new VerifyReport(segments, chunks, storedBytes, damageCount, damages);
        }
    }
}
