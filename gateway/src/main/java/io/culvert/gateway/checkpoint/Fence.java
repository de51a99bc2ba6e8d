package io.culvert.gateway.checkpoint;

/**
 * A number pair that tells a job's present owner from every former one: of two fences of a job the greater is the later.
 *
 * @param epoch which life of the store this is; it grows when the store itself was lost or set back, so that revisions
 *     counted anew still compare as later
 * @param revision the store's revision at which the ownership was made; unique within the epoch
 */
public record Fence(long epoch, long revision) implements Comparable<Fence> {
    public Fence {
        if (epoch < 0 || revision < 0) {
            throw new IllegalArgumentException("epoch and revision must be >= 0, were " + epoch + " and " + revision);
        }
    }

    @Override
    public int compareTo(Fence other) {
        int byEpoch = Long.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(revision, other.revision);
    }

    @Override
    public String toString() {
        return epoch + "." + revision;
    }
}
