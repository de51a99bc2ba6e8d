package io.culvert.dedupe.pool;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets changes of a pool's files through while its owner may make them.
 *
 * <p>States: live → lost (the {@link WriteGuard} said no once; it is not asked again) or live → ended (the pool was closed
 * in order). {@link #end} waits for the changes under way, so that whoever reads that the pool was closed knows that nothing
 * comes after.
 */
final class OwnerGuard {

    private final PoolOwnership ownership;
    private final String pool;
    private final ReentrantReadWriteLock running = new ReentrantReadWriteLock();
    private volatile @Nullable NotOwnerException lost;
    private volatile boolean ended;

    OwnerGuard(PoolOwnership ownership, String pool) {
        this.ownership = ownership;
        this.pool = pool;
    }

    /** @throws NotOwnerException if the lease is not, or was once not, known to be live */
    void check() throws NotOwnerException {
        NotOwnerException before = lost;
        if (before != null) {
            throw new NotOwnerException(before);
        }
        try {
            ownership.guard().check();
        } catch (IOException refused) {
            NotOwnerException now = new NotOwnerException(
                    pool, ownership.owner(), ownership.fence(), String.valueOf(refused.getMessage()));
            now.initCause(refused);
            lost = now;
            throw now;
        }
    }

    /** Why nothing can be written any more, if so. */
    Optional<NotOwnerException> lost() {
        return Optional.ofNullable(lost);
    }

    /** Something that changes files. */
    @FunctionalInterface
    interface Change<T> {
        T make() throws IOException;
    }

    /**
     * Makes a change if it may be made; never waits for others. One that fails when the lease is lost failed for that reason.
     *
     * @throws NotOwnerException if the lease is not live, or was lost meanwhile and the change failed
     */
    <T> T make(Change<T> change) throws IOException {
        enter();
        try {
            return change.make();
        } catch (IOException failure) {
            throw explained(failure);
        } finally {
            running.readLock().unlock();
        }
    }

    /** Why something really failed: for want of a live lease, or as it says. */
    IOException explained(IOException failure) {
        if (failure instanceof NotOwnerException) {
            return failure;
        }
        try {
            check();
            return failure;
        } catch (NotOwnerException reason) {
            reason.addSuppressed(failure);
            return reason;
        }
    }

    private void enter() throws IOException {
        if (!running.readLock().tryLock()) {
            throw closed();
        }
        try {
            if (ended && !running.isWriteLockedByCurrentThread()) {
                throw closed();
            }
            check();
        } catch (IOException refused) {
            running.readLock().unlock();
            throw refused;
        }
    }

    /** Refuses every change from now on, waits for those under way, and makes a last one. */
    void end(Change<?> last) throws IOException {
        ended = true;
        running.writeLock().lock();
        try {
            last.make();
        } finally {
            running.writeLock().unlock();
        }
    }

    private IOException closed() {
        return new IOException(pool + " is closed");
    }
}
