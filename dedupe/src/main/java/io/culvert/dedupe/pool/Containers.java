package io.culvert.dedupe.pool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The write side of the containers: one open container, at whose tail all sessions append, and the forcing of it.
 *
 * <p>Only the container with the highest number is ever open; it is forced when it is full, before the next one is made, so
 * a crash can tear no other. A write that fails is cut off again; one that an owner has to share (see {@link Tenure}) only
 * if the disk was full, hence the record is not whole: else a next owner that found it whole would lose it. A container whose fsync fails is abandoned for good: cut
 * back to what was durable, its lost records reported to {@link Losses}, and everything refused until {@link #resume}.
 *
 * <p>Containers are not preallocated: Java can do it only by writing zeros, which costs more than it saves.
 *
 * <p>Methods are called with the append lock held, unless they say otherwise.
 */
final class Containers implements Closeable {

    /** Is told which bytes of which container will never be durable, with the append lock held. */
    @FunctionalInterface
    interface Losses {
        void lost(int container, int fromBytes) throws IOException;
    }

    private final Disk disk;
    private final ContainerNames names;
    private final int targetBytes;
    private final InstantSource clock;
    private final ReentrantLock appending;
    private final Losses losses;
    private final Reserve reserve;
    private final boolean owned;
    private final GroupCommit commit = new GroupCommit();
    /** Held during each fsync of the open container; taken after the append lock, or without it. */
    private final ReentrantLock forcing = new ReentrantLock();

    private final TreeMap<Integer, Integer> sizes;
    private ByteBuffer image = ByteBuffer.allocateDirect(0);
    private final boolean newestMayGrow;
    private int lastNumber;
    private @Nullable Open open;
    /** An abandoned container of which the losses could not be told. */
    private @Nullable Open untold;

    private final AtomicLong appended = new AtomicLong();
    private final AtomicLong storedBytes = new AtomicLong();

    Containers(
            PoolFiles files,
            int targetBytes,
            InstantSource clock,
            ReentrantLock appending,
            Recovery recovered,
            Losses losses) {
        this.disk = files.disk();
        this.names = files.names();
        this.reserve = files.reserve();
        this.owned = files.tenure().isOwned();
        this.targetBytes = targetBytes;
        this.clock = clock;
        this.appending = appending;
        this.losses = losses;
        this.sizes = new TreeMap<>(recovered.sizes());
        this.lastNumber = recovered.lastNumber();
        this.newestMayGrow = recovered.newestMayGrow();
        this.storedBytes.set(
                sizes.values().stream().mapToLong(Integer::longValue).sum());
    }

    /** The container that grows. */
    private static final class Open {
        final int number;
        final DiskFile file;
        int endBytes;
        int forcedBytes;
        /** A failed write was cut off since the last fsync: until the next one the cut itself may be undone by a power cut. */
        boolean cutBack;

        boolean closed;

        Open(int number, DiskFile file, int endBytes) {
            this.number = number;
            this.file = file;
            this.endBytes = endBytes;
            this.forcedBytes = endBytes;
        }
    }

    /** Goes on at the end of the newest container, all of which is durable and sound, if it has room. */
    void reopenLast() throws IOException {
        Integer size = sizes.get(lastNumber);
        if (newestMayGrow && size != null && size < targetBytes) {
            open = new Open(lastNumber, disk.openForWriting(names.path(lastNumber)), size);
        }
    }

    /** Where a record was written. */
    record Written(int container, int offsetBytes) {}

    /** @throws DiskFullException if there is no room; nothing of the record stays */
    Written append(RecordImage record) throws IOException {
        refuseIfFailed();
        reserve.keep();
        Open into = withRoomFor(record.recordBytes());
        int at = into.endBytes;
        encode(record, into);
        try {
            into.file.write(image, at);
        } catch (IOException failure) {
            cutBack(into, at, failure);
            throw failure;
        }
        into.endBytes = at + record.recordBytes();
        sizes.put(into.number, into.endBytes);
        storedBytes.addAndGet(record.recordBytes());
        appended.incrementAndGet();
        return new Written(into.number, at);
    }

    /**
     * Makes durable all that was appended in a generation before the call; throws if that has ended. Called without the
     * append lock.
     */
    void force(long generation) throws IOException {
        commit.await(generation, appended.get(), this::forceOpen);
    }

    /** Throws if an fsync has failed since this generation began; from any thread. */
    void refuseUnless(long generation) throws IOException {
        commit.refuseUnless(generation);
    }

    /** Makes durable all that was appended. */
    void forceNow() throws IOException {
        commit.refuseIfFailed();
        Open current = open;
        if (current != null && (current.cutBack || current.forcedBytes < current.endBytes)) {
            fsync(current);
            current.forcedBytes = current.endBytes;
            current.cutBack = false;
        }
    }

    /** A copy of: per container its bytes, all of which are durable after {@link #forceNow}. */
    SortedMap<Integer, Integer> sizes() {
        return new TreeMap<>(sizes);
    }

    /** Bytes of all containers; from any thread. */
    long storedBytes() {
        return storedBytes.get();
    }

    /** Throws if an fsync has failed and {@link #resume} was not called since; from any thread. */
    void refuseIfFailed() throws IOException {
        commit.refuseIfFailed();
    }

    /** How often writing began anew after a failed fsync; from any thread. */
    long generation() {
        return commit.generation();
    }

    /** Why nothing can be written, if an fsync has failed and {@link #resume} was not called since; from any thread. */
    Optional<String> failure() {
        return commit.failure();
    }

    /**
     * Goes on in a new container after a failed fsync. The container is made and forced before anything is taken back, so
     * that a disk that still does not write is found now and not by a session; so are the losses told, if they could not be.
     */
    void resume() throws IOException {
        if (commit.failure().isPresent()) {
            if (untold != null) {
                losses.lost(untold.number, untold.forcedBytes);
                untold = null;
            }
            open = create();
            commit.reset(appended.get());
        }
    }

    @Override
    public void close() throws IOException {
        Open current = open;
        open = null;
        if (current != null) {
            close(current);
        }
    }

    private Open withRoomFor(int recordBytes) throws IOException {
        Open current = open;
        if (current != null
                && current.endBytes > ContainerHeader.BYTES
                && current.endBytes + recordBytes > targetBytes) {
            forceNow();
            open = null;
            close(current);
            current = null;
        }
        if (current == null) {
            current = create();
            open = current;
        }
        return current;
    }

    private Open create() throws IOException {
        int number = lastNumber + 1;
        DiskFile file = disk.create(names.path(number));
        try {
            file.write(ContainerHeader.encode(number, clock.millis()), 0);
            file.force();
            disk.forceDirectory(names.directory());
        } catch (IOException failure) {
            remove(number, file, failure);
            throw failure;
        }
        lastNumber = number;
        sizes.put(number, ContainerHeader.BYTES);
        storedBytes.addAndGet(ContainerHeader.BYTES);
        return new Open(number, file, ContainerHeader.BYTES);
    }

    private void remove(int number, DiskFile file, IOException failure) {
        try (file) {
            disk.delete(names.path(number));
        } catch (IOException second) {
            failure.addSuppressed(second);
            lastNumber = number;
        }
    }

    private void encode(RecordImage record, Open into) {
        if (image.capacity() < record.recordBytes()) {
            image = ByteBuffer.allocateDirect(Integer.highestOneBit(record.recordBytes()) * 2);
        }
        image.clear();
        record.encode(image, into.number, into.endBytes, into.forcedBytes);
        image.flip();
    }

    private void cutBack(Open into, int toBytes, IOException failure) {
        if (owned && !(failure instanceof DiskFullException)) {
            abandon(into, failure);
            return;
        }
        into.cutBack = true;
        try {
            into.file.truncate(toBytes);
        } catch (IOException second) {
            failure.addSuppressed(second);
            abandon(into, failure);
        }
    }

    /** What {@link GroupCommit} runs: without the append lock while it waits for the disk. */
    private long forceOpen() throws IOException {
        Open current;
        int end;
        long number;
        appending.lock();
        try {
            current = open;
            number = appended.get();
            end = current == null ? 0 : current.endBytes;
        } finally {
            appending.unlock();
        }
        if (current == null) {
            return number;
        }
        IOException failure = forceUnlessClosed(current);
        if (failure != null) {
            throw abandonUnlocked(current, failure);
        }
        appending.lock();
        try {
            current.forcedBytes = Math.max(current.forcedBytes, end);
        } finally {
            appending.unlock();
        }
        return number;
    }

    private @Nullable IOException forceUnlessClosed(Open current) {
        forcing.lock();
        try {
            if (!current.closed) {
                current.file.force();
            }
            return null;
        } catch (IOException failure) {
            return failure;
        } finally {
            forcing.unlock();
        }
    }

    private void fsync(Open current) throws IOException {
        forcing.lock();
        try {
            current.file.force();
        } catch (IOException failure) {
            throw abandon(current, failure);
        } finally {
            forcing.unlock();
        }
    }

    private void close(Open current) throws IOException {
        forcing.lock();
        try {
            current.closed = true;
            current.file.close();
        } finally {
            forcing.unlock();
        }
    }

    private IOException abandonUnlocked(Open lost, IOException cause) {
        appending.lock();
        try {
            return abandon(lost, cause);
        } finally {
            appending.unlock();
        }
    }

    private IOException abandon(Open lost, IOException cause) {
        if (cause instanceof NotOwnerException) {
            commit.fail(cause);
            return cause;
        }
        IOException failure = new IOException(
                "container " + names.name(lost.number) + " was abandoned: " + cause.getMessage()
                        + "; what was not yet acknowledged is sent again when the sessions start anew",
                cause);
        if (lost.closed) {
            return failure;
        }
        commit.fail(failure);
        open = null;
        storedBytes.addAndGet(lost.forcedBytes - lost.endBytes);
        sizes.put(lost.number, lost.forcedBytes);
        lost.closed = true;
        untold = lost;
        try (DiskFile file = lost.file) {
            losses.lost(lost.number, lost.forcedBytes);
            untold = null;
            file.truncate(lost.forcedBytes);
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
        return failure;
    }
}
