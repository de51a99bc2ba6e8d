package io.culvert.gateway.checkpoint;

import io.culvert.dedupe.pool.Fence;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The embedded store's file as an end of a migration: locked meanwhile, and replaced as a whole. */
final class FileEnd implements StoreEnd {
    private final Path directory;
    private final Path file;
    private final String site;

    /** Null as long as the directory is not there, or the file is not. */
    private @Nullable FileChannel lockChannel;

    private @Nullable CheckpointLog log;
    private LogContents contents = new LogContents();

    private FileEnd(Path directory, String site) {
        this.directory = directory;
        this.file = directory.resolve(EmbeddedCheckpointStore.LOG_NAME);
        this.site = site;
    }

    /** @throws IOException if a gateway has it open, or it is damaged */
    static FileEnd open(Path directory, String site) throws IOException {
        FileEnd end = new FileEnd(directory, site);
        boolean opened = false;
        try {
            if (Files.isDirectory(directory)) {
                end.lockChannel = EmbeddedCheckpointStore.lock(directory);
                end.replay();
            }
            opened = true;
            return end;
        } finally {
            if (!opened) {
                end.close();
            }
        }
    }

    /** Reads the file, if it is there. */
    private void replay() throws IOException {
        closeLog();
        LogContents read = new LogContents();
        if (Files.exists(file)) {
            log = CheckpointLog.open(file, read::apply);
        }
        contents = read;
    }

    @Override
    public Look look() {
        boolean used = contents.epoch() != 0;
        return new Look(
                "file " + directory,
                "the file " + file,
                false,
                used ? Optional.of(site) : Optional.empty(),
                contents.epoch(),
                contents.mark(),
                contents.checkpoints().size() + contents.ends().newestFirst().size(),
                List.of(),
                Set.of(),
                List.of());
    }

    @Override
    public StoreContent read() throws IOException {
        replay();
        return new StoreContent(
                contents.checkpoints().values().stream()
                        .map(StoredCheckpoint::checkpoint)
                        .toList(),
                contents.ends().newestFirst().reversed(),
                Collections.emptySortedMap(),
                List.of());
    }

    private CheckpointLog log() throws IOException {
        if (lockChannel == null) {
            lockChannel = EmbeddedCheckpointStore.lock(directory);
        }
        if (log == null) {
            log = CheckpointLog.open(file, contents::apply);
        }
        return log;
    }

    @Override
    public void leave(StoreMark mark) throws IOException {
        append(LogRecord.Kind.MARKED, LogContents.encode(mark));
        contents.mark(mark);
    }

    @Override
    public void expect(StoreMark mark) throws IOException {
        CheckpointLog into = log();
        contents.begin(mark.epoch());
        contents.mark(mark);
        into.rewrite(contents.records(into.revision() + 1)); // at once: an OPENED alone would end a mark that is there
    }

    @Override
    public void take(StoreContent content, IntConsumer progress) throws IOException {
        CheckpointLog into = log();
        StoreMark mark = contents.mark().orElseThrow(() -> new IllegalStateException("expect must come before take"));
        LogContents taken = new LogContents();
        taken.begin(contents.epoch());
        taken.mark(mark);
        Fence fence = new Fence(contents.epoch(), into.revision() + 1);
        content.checkpoints().forEach(one -> taken.put(new StoredCheckpoint(one, 1, fence, UUID.randomUUID())));
        content.ended().forEach(taken.ends()::add);
        into.rewrite(taken.records(into.revision()));
        contents = taken;
        progress.accept(content.checkpoints().size() + content.ended().size());
    }

    @Override
    public void open(long epoch) throws IOException {
        append(LogRecord.Kind.OPENED, LogContents.openedBody(epoch));
        contents.begin(epoch);
    }

    private void append(LogRecord.Kind kind, byte[] body) throws IOException {
        CheckpointLog to = log();
        to.append(new LogRecord(to.revision() + 1, kind, body));
    }

    private void closeLog() throws IOException {
        if (log != null) {
            log.close();
            log = null;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            closeLog();
        } finally {
            if (lockChannel != null) {
                lockChannel.close();
            }
        }
    }
}
