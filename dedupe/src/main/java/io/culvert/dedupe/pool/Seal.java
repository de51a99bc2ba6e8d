package io.culvert.dedupe.pool;

/**
 * Where a takeover found the end of what the former owner had written. Everything behind it is no part of the pool, now and
 * for ever: the former owner may have one more operation on its way to the disk.
 *
 * @param container the last container that counts; 0 if there was none
 * @param lengthBytes what of it counts
 * @param next the first number that the new owner gives to a container; what lies between is not part of the pool. At least
 *     two more than the former owner had given, since it may be about to make the next one
 */
record Seal(int container, int lengthBytes, int next) {

    boolean isVoid(int number) {
        return number > container && number < next;
    }
}
