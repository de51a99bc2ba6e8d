package io.culvert.dedupe.pool;

/**
 * Tells a job's present owner from every former one: of two fences the higher is the later, whatever any clock says. The
 * store of the owner's site hands it out, and a pool refuses every lower one.
 *
 * @param epoch which life of that store this is; it grows when the store was lost or set back, so that revisions counted
 *     anew still compare as later
 * @param revision the store's revision at which the ownership began; unique within the epoch
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
