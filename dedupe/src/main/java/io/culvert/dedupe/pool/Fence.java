package io.culvert.dedupe.pool;

/**
 * Orders the owners of a job: a later owner's fence is higher, whatever any clock says.
 *
 * @param epoch counts how often the store of the revisions was made anew
 * @param revision the store's revision at which the ownership began
 */
public record Fence(long epoch, long revision) implements Comparable<Fence> {

    public Fence {
        if (epoch < 0 || revision < 0) {
            throw new IllegalArgumentException("epoch and revision must be >= 0, were " + epoch + " and " + revision);
        }
    }

    @Override
    public int compareTo(Fence other) {
        int order = Long.compare(epoch, other.epoch);
        return order != 0 ? order : Long.compare(revision, other.revision);
    }

    @Override
    public String toString() {
        return epoch + "." + revision;
    }
}
