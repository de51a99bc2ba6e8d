package io.culvert.dedupe.pool;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The time for which one opener has the pool: under an ownership it stands in the {@link OwnerRecord} from beginning to end,
 * without one it leaves nothing there.
 *
 * <p>States: begun → settled (what the former owner left is sealed) → ended. A tenure that does not come to its end stays
 * recorded as open, and the next owner takes the pool over from it.
 */
final class Tenure {

    private final OwnerFile file;
    private final @Nullable OwnerGuard guard;
    private final boolean takesOver;
    private OwnerRecord record;
    private boolean settled;

    private Tenure(OwnerFile file, @Nullable OwnerGuard guard, boolean takesOver, OwnerRecord record) {
        this.file = file;
        this.guard = guard;
        this.takesOver = takesOver;
        this.record = record;
    }

    /** @throws IOException if the pool is open by, or was opened under the fence of, somebody else */
    static void refuseUnlessNext(PoolOpening opening, OwnerRecord last) throws IOException {
        PoolOwnership mine = opening.ownership();
        if (mine == null && last.open()) {
            throw new IOException(opening.pool() + " has an owner, " + last.owner() + " (fence " + last.fence()
                    + "); without a lease it can be opened once " + last.owner() + " or a later owner has closed it");
        }
        if (mine != null && !last.isNone() && mine.fence().compareTo(last.fence()) <= 0) {
            throw new NotOwnerException(
                    opening.pool(),
                    mine.owner(),
                    mine.fence(),
                    "it was opened by " + last.owner() + " under fence " + last.fence());
        }
    }

    /**
     * Begins after {@code last}, and says so in the record if there is an ownership. Every temporary file of a former owner
     * must have been swept: none of its renames can come any more.
     */
    static Tenure begin(PoolOpening opening, OwnerFile file, @Nullable OwnerGuard guard) throws IOException {
        OwnerRecord last = file.load();
        refuseUnlessNext(opening, last);
        PoolOwnership mine = opening.ownership();
        if (mine == null) {
            return new Tenure(file, null, false, last);
        }
        OwnerRecord taken = last.takenBy(mine);
        file.store(taken);
        return new Tenure(file, guard, last.open(), taken);
    }

    /** Whether the last owner did not close the pool and may still be there. */
    boolean takesOver() {
        return takesOver;
    }

    /** Whether another owner may take the pool over while this one has it. */
    boolean isOwned() {
        return guard != null;
    }

    Seals seals() {
        return record.seals();
    }

    /** A number from which on nobody else numbers the runs of the index. */
    long firstRun() {
        return isOwned() ? (long) record.tenure() << Integer.SIZE : 0;
    }

    /** Ends the opening, after a takeover with a seal; durable when it returns. */
    void settle(Seal seal) throws IOException {
        if (takesOver) {
            if (record.seals().all().size() == Seals.MAX) {
                throw new IOException("the pool has changed hands " + Seals.MAX + " times without being closed");
            }
            record = record.sealed(seal);
            file.store(record);
        }
        settled = true;
    }

    /** @throws NotOwnerException if nothing may be written any more */
    void check() throws NotOwnerException {
        if (guard != null) {
            guard.check();
        }
    }

    /** Why something really failed: for want of a live lease, or as it says. */
    IOException explained(IOException failure) {
        return guard == null ? failure : guard.explained(failure);
    }

    /** Whether anything may be written still. */
    boolean isLive() {
        try {
            check();
            return true;
        } catch (NotOwnerException lost) {
            return false;
        }
    }

    /** Why nothing may be written any more, if so. */
    Optional<String> lost() {
        return guard == null ? Optional.empty() : guard.lost().map(NotOwnerException::getMessage);
    }

    /** Records that the pool was closed in order, if it was. */
    void end() throws IOException {
        if (guard != null && settled && guard.lost().isEmpty()) {
            guard.end(() -> {
                file.store(record.closed());
                return true;
            });
        }
    }
}
