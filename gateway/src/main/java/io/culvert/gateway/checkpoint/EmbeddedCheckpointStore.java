package io.culvert.gateway.checkpoint;

import io.culvert.dedupe.pool.Fence;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link CheckpointStore} in one file, for one gateway only: its directory is locked, and a second gateway is refused.
 *
 * <p>Each change is one record of a {@link CheckpointLog}, forced before the call returns; all checkpoints are in memory too.
 * The log is rewritten when it holds twice what is alive. Opening it ends every former ownership, since the lock proves that
 * its process is gone, and moves the revision on by two, so that no fence is given twice even if the last record was torn. The
 * epoch is the second in which the file was made: a lost file makes later fences than the one before it.
 */
public final class EmbeddedCheckpointStore implements CheckpointStore {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedCheckpointStore.class);
    private static final int MIN_REWRITE_BYTES = 1 << 20;

    /** The file, in its directory. */
    static final String LOG_NAME = "checkpoints.log";

    private final Path directory;
    private final String gateway;
    private final String process = UUID.randomUUID().toString();
    private final InstantSource clock;
    private final FileChannel lockChannel;
    private final StateBoard board;
    private final Holdings holdings = new Holdings();

    /** Guards everything below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final CheckpointLog log;
    private final LogContents contents = new LogContents();
    private long rewriteAtBytes = MIN_REWRITE_BYTES;
    private boolean closed;

    private EmbeddedCheckpointStore(Path directory, String gateway, InstantSource clock, FileChannel lockChannel)
            throws IOException {
        this.directory = directory;
        this.gateway = gateway;
        this.clock = clock;
        this.lockChannel = lockChannel;
        this.log = CheckpointLog.open(directory.resolve(LOG_NAME), contents::apply);
        begin();
        this.board = new StateBoard(clock, StoreState.Health.LIVE, liveSentence());
    }

    /** Ends the ownerships of former openings. */
    private void begin() throws IOException {
        try {
            if (contents.mark().isPresent()) {
                throw new MarkedStoreException(
                        directory.toString(), contents.mark().get());
            }
            if (contents.epoch() == 0) {
                contents.begin(Math.max(1, clock.instant().getEpochSecond()));
            }
            log.append(
                    new LogRecord(log.revision() + 2, LogRecord.Kind.OPENED, LogContents.openedBody(contents.epoch())));
        } catch (IOException e) {
            log.close();
            throw e;
        }
    }

    /**
     * Opens the store in this directory, which is made if missing.
     *
     * @throws StoreUnavailableException if another process has it open
     * @throws MarkedStoreException if it was left for another store, or a migration into it is not finished
     * @throws CorruptCheckpointException if the file is damaged otherwise than by a crash
     */
    public static EmbeddedCheckpointStore open(Path directory, String gateway, InstantSource clock) throws IOException {
        FileChannel lockChannel = lock(directory);
        try {
            return new EmbeddedCheckpointStore(directory, gateway, clock, lockChannel);
        } catch (IOException | RuntimeException e) {
            lockChannel.close();
            throw e;
        }
    }

    /**
     * Makes the directory if missing and locks it for this process, until the channel is closed.
     *
     * @throws StoreUnavailableException if another process has it open
     */
    static FileChannel lock(Path directory) throws IOException {
        Files.createDirectories(directory);
        FileChannel channel = FileChannel.open(
                directory.resolve("checkpoints.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = tryLock(channel);
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        if (!locked) {
            throw new StoreUnavailableException(
                    "the embedded checkpoint store in " + directory
                            + " is open in another gateway; it serves one gateway only, several need etcd",
                    null);
        }
        return channel;
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // open in this very process
        }
    }

    @Override
    public Ownership claim(String jobId, LossListener listener) throws IOException {
        Job.requireId(jobId);
        lock.lock();
        try {
            requireOpen();
            Optional<Ownership> held = holdings.of(jobId);
            if (held.isPresent()) {
                throw new OwnedException(jobId, held.get().owner());
            }
            append(LogRecord.Kind.CLAIMED, jobId.getBytes(StandardCharsets.UTF_8));
            var owner = new Owner(gateway, process, clock.instant());
            var ownership = new Ownership(jobId, new Fence(contents.epoch(), log.revision()), owner);
            holdings.add(ownership, listener);
            return ownership;
        } finally {
            unlockAndTellIfBroken();
        }
    }

    @Override
    public Optional<Owner> owner(String jobId) {
        return holdings.of(Job.requireId(jobId)).map(Ownership::owner);
    }

    @Override
    public List<WriteOutcome> writeAll(List<CheckpointWrite> writes) {
        WriteOutcome[] outcomes =
                new WriteOutcome[CheckpointBatch.require(writes).size()];
        lock.lock();
        try {
            List<StoredCheckpoint> next = new ArrayList<>();
            for (CheckpointWrite write : writes) {
                if (holdings.holds(write.ownership())) {
                    next.add(successor(write));
                }
            }
            @Nullable StoreUnavailableException failure = next.isEmpty() ? null : appendWritten(next);
            for (int i = 0, n = 0; i < outcomes.length; i++) {
                Ownership ownership = writes.get(i).ownership();
                if (!holdings.holds(ownership)) {
                    outcomes[i] = new WriteOutcome.Fenced(notHeld(ownership));
                } else if (failure != null) {
                    outcomes[i] = new WriteOutcome.Unknown(failure);
                } else {
                    outcomes[i] = new WriteOutcome.Written(next.get(n++));
                }
            }
        } finally {
            unlockAndTellIfBroken();
        }
        return List.of(outcomes);
    }

    private StoredCheckpoint successor(CheckpointWrite write) {
        StoredCheckpoint former = contents.checkpoints().get(write.jobId());
        long sequence = former == null ? 1 : former.sequence() + 1;
        return new StoredCheckpoint(
                write.checkpoint(), sequence, write.ownership().fence(), UUID.randomUUID());
    }

    private @Nullable StoreUnavailableException appendWritten(List<StoredCheckpoint> next) {
        try {
            append(LogRecord.Kind.WRITTEN, WrittenBody.encode(next));
        } catch (StoreUnavailableException e) {
            return e;
        }
        next.forEach(contents::put);
        return null;
    }

    @Override
    public Optional<StoredCheckpoint> read(String jobId) {
        lock.lock();
        try {
            return Optional.ofNullable(contents.checkpoints().get(Job.requireId(jobId)));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CheckpointPage list(String after, int limit) {
        CheckpointBatch.requireLimit(limit);
        lock.lock();
        try {
            List<StoredCheckpoint> page = contents.checkpoints().tailMap(after, false).values().stream()
                    .limit(limit)
                    .toList();
            return CheckpointPage.of(page, List.of(), page.size() < limit);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Deletion delete(Ownership ownership, String attempt) throws IOException {
        lock.lock();
        try {
            if (!holdings.holds(ownership)) {
                throw notHeld(ownership);
            }
            StoredCheckpoint stored = contents.checkpoints().get(ownership.jobId());
            if (stored == null) {
                return Deletion.ABSENT;
            }
            if (!stored.checkpoint().attempt().equals(attempt)) {
                return Deletion.NOT_YOURS;
            }
            append(LogRecord.Kind.DELETED, ownership.jobId().getBytes(StandardCharsets.UTF_8));
            contents.checkpoints().remove(ownership.jobId());
            return Deletion.DELETED;
        } finally {
            unlockAndTellIfBroken();
        }
    }

    @Override
    public void noteEnd(Ownership ownership, EndedJob ended) throws IOException {
        lock.lock();
        try {
            if (!holdings.holds(ownership)) {
                throw notHeld(ownership);
            }
            append(LogRecord.Kind.ENDED, EndedCodec.encode(ended.under(ownership)));
            contents.ends().add(ended);
        } finally {
            unlockAndTellIfBroken();
        }
    }

    @Override
    public void noteEnd(EndedJob ended) throws IOException {
        lock.lock();
        try {
            requireOpen();
            if (!contents.ends().has(ended.id())) {
                append(LogRecord.Kind.ENDED, EndedCodec.encode(ended));
                contents.ends().add(ended);
            }
        } finally {
            unlockAndTellIfBroken();
        }
    }

    @Override
    public EndedJobs ended() {
        lock.lock();
        try {
            return new EndedJobs(contents.ends().newestFirst(), List.of());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOwned(Ownership ownership) {
        return holdings.holds(ownership);
    }

    @Override
    public void release(Ownership ownership) {
        holdings.remove(ownership);
    }

    @Override
    public StoreState state() {
        return board.state();
    }

    private void append(LogRecord.Kind kind, byte[] body) throws StoreUnavailableException {
        try {
            log.append(new LogRecord(log.revision() + 1, kind, body));
        } catch (IOException e) {
            String sentence = log.isBroken()
                    ? "the checkpoint file in " + directory + " failed (" + e.getMessage()
                            + "); restart the gateway when the disk is well"
                    : "the checkpoint file in " + directory + " cannot grow (" + e.getMessage()
                            + "); checkpoints resume by themselves when it can";
            board.set(log.isBroken() ? StoreState.Health.REFUSED : StoreState.Health.AWAY, sentence);
            throw new StoreUnavailableException(sentence, e);
        }
        board.set(StoreState.Health.LIVE, liveSentence());
        rewriteIfLarge();
    }

    private void rewriteIfLarge() {
        if (log.lengthBytes() < rewriteAtBytes) {
            return;
        }
        try {
            log.rewrite(contents.records(log.revision()));
        } catch (IOException e) {
            // What was confirmed is in the former file; only the space is not won back.
            LOG.atWarn().addKeyValue("directory", directory).setCause(e).log("the checkpoint file was not rewritten");
        }
        rewriteAtBytes = Math.max(MIN_REWRITE_BYTES, 2 * log.lengthBytes());
    }

    private void requireOpen() throws StoreUnavailableException {
        if (closed) {
            throw new StoreUnavailableException("the checkpoint store is closed", null);
        }
    }

    private static FencedException notHeld(Ownership ownership) {
        return new FencedException(ownership, "it was released, or ended with the process that held it");
    }

    private String liveSentence() {
        return "checkpoints are kept in " + directory + ", for this gateway only";
    }

    private void unlockAndTellIfBroken() {
        boolean broken = log.isBroken();
        lock.unlock();
        if (broken) {
            holdings.loseAll(board.state().sentence(), ownership -> {});
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            holdings.removeAll();
            board.set(StoreState.Health.CLOSED, "the checkpoint store is closed");
            log.close();
            lockChannel.close();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("directory", directory).setCause(e).log("the checkpoint file was not closed");
        } finally {
            lock.unlock();
        }
    }
}
