package io.culvert.gateway.checkpoint;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * A checkpoint store that no gateway works with, as one end of a {@link Migration}. One thread at a time.
 *
 * <pre>
 *   at the store that is left:   look, leave, read
 *   at the one that is moved to: look, expect, take, read, open
 * </pre>
 *
 * Each step is durable when it returns, and as a whole there or not after a crash, but {@link #take}: until {@link #open} the store is
 * marked all the same.
 */
interface StoreEnd extends AutoCloseable {

    /**
     * How a store looks.
     *
     * @param id tells it from every other store
     * @param shown how people know it
     * @param isShared whether several gateways may use it
     * @param site whose it is; empty if nobody has used it
     * @param epoch the highest that it knows
     * @param kept how many values it keeps
     * @param live who works with it, one clause each
     * @param others numbers of gateways beside the own one that showed themselves in it and are not removed
     * @param strange keys in it that this version does not know
     */
    record Look(
            String id,
            String shown,
            boolean isShared,
            Optional<String> site,
            long epoch,
            Optional<StoreMark> mark,
            long kept,
            List<String> live,
            Set<Integer> others,
            List<String> strange) {
        public Look {
            live = List.copyOf(live);
            others = Set.copyOf(others);
            strange = List.copyOf(strange);
        }
    }

    /** Looks, and changes nothing. What follows is refused if another process changed the store's mark since. */
    Look look() throws IOException;

    /** Reads all that it keeps, from where it lies, and believes nothing that is damaged. */
    StoreContent read() throws IOException;

    /**
     * Marks it as left, if nobody works with it.
     *
     * @throws RefusedMigrationException if somebody does
     */
    void leave(StoreMark mark) throws IOException;

    /** Marks it as not complete, in the epoch of the mark; what it keeps stays. */
    void expect(StoreMark mark) throws IOException;

    /**
     * Has it keep this and nothing else; after {@link #expect}.
     *
     * @param progress is told how many values are there
     */
    void take(StoreContent content, IntConsumer progress) throws IOException;

    /** Removes its mark: gateways may work with it from now on, in this epoch, which is higher than every one before. */
    void open(long epoch) throws IOException;

    @Override
    void close() throws IOException;
}
