package io.culvert.gateway.identity;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A state directory in the making, below the one that it becomes.
 *
 * <pre>
 *   STATE_DIR/.joining/   0700
 *     lock                held by the process that makes it
 *     peers/  site.yaml  identity/
 *     whole               written when all of the above are there and forced
 * </pre>
 *
 * The parts move out one by one, the identity last, so a crash leaves either a draft that is not whole, which the next one
 * discards, or a whole one, which the next one finishes; an identity is only there when all else is. Not for two threads.
 */
final class StateDraft implements AutoCloseable {
    static final String DIRECTORY = ".joining";
    static final String SITE_FILE = "site.yaml";
    private static final String WHOLE = "whole";
    private static final String LOCK = "lock";
    private static final List<String> PARTS = List.of("peers", SITE_FILE, SiteAuthority.DIRECTORY);

    private final Path target;
    private final Path draft;
    private final FileChannel lockFile;

    private StateDraft(Path target, Path draft, FileChannel lockFile) {
        this.target = target;
        this.draft = draft;
        this.lockFile = lockFile;
    }

    /**
     * Begins a draft for the state directory {@code target}, or goes on with one that a crash left whole.
     *
     * @throws IdentityExistsException if the directory has an identity already; nothing was changed
     * @throws IOException if another process makes one there, or parts are there that no draft left
     */
    static StateDraft begin(Path target) throws IOException {
        SiteAuthority.refuseIfThere(target.resolve(SiteAuthority.DIRECTORY));
        Path draft = target.resolve(DIRECTORY);
        DurableFiles.createDirectory(draft);
        FileChannel lockFile =
                FileChannel.open(draft.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        StateDraft begun = new StateDraft(target, draft, lockFile);
        try {
            begun.requireLock(tryLock(lockFile));
            if (!begun.isWhole()) {
                begun.clear();
                begun.refuseStrangeParts();
            }
            return begun;
        } catch (IOException e) {
            lockFile.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private void requireLock(@Nullable FileLock lock) throws IOException {
        if (lock == null) {
            throw new IOException("another command makes a gateway in " + target + " just now");
        }
    }

    /** Another process may have made an identity since it was looked for, hence that again. */
    private void refuseStrangeParts() throws IOException {
        try {
            SiteAuthority.refuseIfThere(target.resolve(SiteAuthority.DIRECTORY));
            for (String part : PARTS) {
                if (Files.exists(target.resolve(part))) {
                    throw new IdentityExistsException(
                            target.resolve(part) + " is there already, of another site or attempt;"
                                    + " nothing was changed. Choose another directory, or move it away first");
                }
            }
        } catch (IOException e) {
            discard();
            throw e;
        }
    }

    /** Where the parts are written. */
    Path directory() {
        return draft;
    }

    boolean isWhole() {
        return Files.exists(draft.resolve(WHOLE));
    }

    /** Writes the site file, readable by the group as that of {@code culvert init}. */
    void writeSiteFile(byte[] content) throws IOException {
        Path file = draft.resolve(SITE_FILE);
        DurableFiles.writeNew(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    /** Says that all parts are written. */
    void complete() throws IOException {
        DurableFiles.writeNew(draft.resolve(WHOLE), new byte[0]);
    }

    /** Moves the parts to their places, as far as that was not done, and removes the draft. */
    void publish() throws IOException {
        if (!isWhole()) {
            throw new IllegalStateException("only a whole draft may be published");
        }
        for (String part : PARTS) {
            Path from = draft.resolve(part);
            Path to = target.resolve(part);
            if (Files.exists(from)) {
                if (Files.exists(to)) {
                    throw new IOException(to + " appeared meanwhile: move it away, then run it again");
                }
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
                DurableFiles.forceDirectory(target);
            }
        }
        discard();
    }

    /** Removes the draft with all that is in it. */
    void discard() throws IOException {
        clear();
        Files.deleteIfExists(draft.resolve(LOCK));
        Files.deleteIfExists(draft);
        DurableFiles.forceDirectory(target);
    }

    private void clear() throws IOException {
        List<Path> inside;
        try (Stream<Path> walk = Files.walk(draft)) {
            inside = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : inside) {
            if (!path.equals(draft) && !path.equals(draft.resolve(LOCK))) {
                Files.delete(path);
            }
        }
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
