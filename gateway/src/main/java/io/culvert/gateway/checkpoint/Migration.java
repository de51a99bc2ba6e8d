package io.culvert.gateway.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Moves what a site keeps in one checkpoint store into another, while no gateway of the site runs.
 *
 * <pre>
 *   1 the target is marked: it is not complete. No gateway starts on it
 *   2 the source is marked: it was left. No gateway starts on it, and nobody can claim anything there
 *   3 everything is copied, under the fence of the target's mark, and read back and compared
 *   4 the target's mark is removed
 * </pre>
 *
 * A run that is ended anywhere leaves 1 (the site goes on with the source, or the same migration is run again), or 1 and 2 (it is run
 * again, and copies all anew). Owners and leases are not moved. The target begins an epoch that is higher than every one before, so
 * that receivers take its fences, whatever revision it counts from.
 */
public final class Migration {

    /**
     * Whose checkpoints.
     *
     * @param others numbers of the site's gateways that the own one knows of, beside itself
     * @param memory the file in which the own gateway keeps what it has seen of its etcd
     */
    public record Owner(String site, Set<Integer> others, Path memory) {}

    /**
     * What was moved.
     *
     * @param from how people know the store that was left
     * @param epoch what begins in the new one
     * @param notes what gateways show and tell each other; 0 in a store for one gateway
     * @param resumed an earlier run had been broken off
     * @param before when it was moved, if that was an earlier run and nothing was done now
     * @param damaged one sentence for each value that was not believed, and left behind
     */
    public record Moved(
            String from,
            String to,
            long epoch,
            int checkpoints,
            int ended,
            int notes,
            boolean resumed,
            Optional<Instant> before,
            List<String> damaged) {}

    private static final int TOLD_EACH = 1000;

    private final Owner owner;
    private final boolean isForced;
    private final InstantSource clock;
    private final Consumer<String> progress;

    /**
     * @param isForced what was left in the target, or is unknown in the source, does not count
     * @param progress is told each step, and how far it is
     */
    public Migration(Owner owner, boolean isForced, InstantSource clock, Consumer<String> progress) {
        this.owner = owner;
        this.isForced = isForced;
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * Moves it, or goes on with a run that was broken off.
     *
     * @throws RefusedMigrationException if it may not be; nothing was changed
     * @throws StoreUnavailableException if an etcd does not answer
     * @throws IOException if a store cannot be read or written, or was not read back as it was written
     */
    public Moved move(StorePlace source, StorePlace target) throws IOException {
        if (source.equals(target)) {
            throw new RefusedMigrationException("the checkpoints are to be moved to the same store");
        }
        try (StoreEnd from = open(source);
                StoreEnd to = open(target)) {
            StoreEnd.Look left = from.look();
            StoreEnd.Look taken = to.look();
            switch (MigrationPlan.of(wish(), left, taken)) {
                case MigrationPlan.Step.Nothing nothing -> {
                    return new Moved(
                            left.shown(),
                            taken.shown(),
                            taken.epoch(),
                            0,
                            0,
                            0,
                            false,
                            Optional.of(nothing.at()),
                            List.of());
                }
                case MigrationPlan.Step.Move move -> {
                    mark(from, left, to, taken, move.epoch());
                    StoreContent content = copy(from, to, taken);
                    to.open(move.epoch());
                    return new Moved(
                            left.shown(),
                            taken.shown(),
                            move.epoch(),
                            content.checkpoints().size(),
                            content.ended().size(),
                            content.notes().size(),
                            move.resumes(),
                            Optional.empty(),
                            content.damaged());
                }
            }
        }
    }

    private void mark(StoreEnd from, StoreEnd.Look left, StoreEnd to, StoreEnd.Look taken, long epoch)
            throws IOException {
        Instant now = clock.instant();
        progress.accept("marking " + taken.shown() + " as not complete");
        to.expect(new StoreMark(StoreMark.Kind.COMING, left.id(), left.shown(), epoch, now));
        progress.accept("marking " + left.shown() + " as left");
        from.leave(new StoreMark(StoreMark.Kind.LEFT, taken.id(), taken.shown(), epoch, now));
    }

    private StoreContent copy(StoreEnd from, StoreEnd to, StoreEnd.Look taken) throws IOException {
        StoreContent read = from.read();
        StoreContent content = taken.isShared() ? read : read.ofOneGateway();
        int all = content.checkpoints().size()
                + content.ended().size()
                + content.notes().size();
        progress.accept("copying " + all + " values");
        AtomicInteger told = new AtomicInteger();
        to.take(content, done -> {
            if (done - told.get() >= TOLD_EACH) {
                told.set(done);
                progress.accept("copied " + done + " of " + all);
            }
        });
        progress.accept("reading back what was copied");
        Optional<String> difference = content.difference(to.read());
        if (difference.isPresent()) {
            throw new IOException("what was copied was not read back as it was written: " + difference.get()
                    + "; the new store is not used, run this again");
        }
        return content;
    }

    /**
     * Has gateways work again with a store that was left, as it was then: for when the one that it was moved to is lost.
     *
     * @return the epoch that begins
     * @throws RefusedMigrationException if it was not left, or is not complete
     */
    public long reopen(StorePlace place) throws IOException {
        try (StoreEnd end = open(place)) {
            long epoch = MigrationPlan.reopened(wish(), end.look());
            end.open(epoch);
            return epoch;
        }
    }

    private MigrationPlan.Wish wish() throws IOException {
        long seen = EtcdMemory.of(owner.memory()).seen().epoch();
        return new MigrationPlan.Wish(owner.site(), owner.others(), seen, clock.instant(), isForced);
    }

    private StoreEnd open(StorePlace place) throws IOException {
        return switch (place) {
            case StorePlace.InFile file -> FileEnd.open(file.directory(), owner.site());
            case StorePlace.InEtcd etcd -> new EtcdEnd(etcd);
        };
    }
}
