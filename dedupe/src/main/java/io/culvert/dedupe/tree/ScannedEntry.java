package io.culvert.dedupe.tree;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.Entry.Access;
import io.culvert.dedupe.manifest.Entry.Timestamp;
import io.culvert.dedupe.manifest.Entry.Xattr;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An entry that a walk has come to, of which only the stat is known until more is asked for.
 *
 * <p>Asking for a known file's {@link #isUnchanged} costs nothing; {@link #entry()} and {@link #open()} go to the file
 * system. For a file whose data is wanted, open it first: what {@link #entry()} then says belongs to what was opened.
 */
public final class ScannedEntry {

    /**
     * How far apart two writes may be and yet leave the same change time, on kernels that stamp by their timer's tick.
     */
    private static final Duration CLOCK_GRANULE = Duration.ofMillis(20);

    private final ScanContext context;
    private final DirectoryChain chain;
    private final byte[] name;
    private final PathBytes path;
    private final Optional<PathBytes> firstName;
    private Stat stat;
    private @Nullable SourceFile opened;

    /** An entry in the deepest directory of {@code chain}. */
    ScannedEntry(ScanContext context, DirectoryChain chain, Step.Found found) {
        this.context = context;
        this.chain = chain;
        this.path = found.path();
        this.name = found.name();
        this.stat = found.stat();
        this.firstName = found.firstName();
    }

    public PathBytes path() {
        return path;
    }

    /** What the walk saw, or since {@link #open()} what was opened. */
    public Stat stat() {
        return stat;
    }

    /** What the manifest will call it: a further name of a file already seen is a hard link. */
    public EntryType type() {
        return firstName.isPresent() ? EntryType.HARD_LINK : stat.type();
    }

    /** Whether size, times, inode, kind and first name are those of {@code previous}, so that nothing need be read. */
    public boolean isUnchanged(Entry previous) {
        return previous.type() == type()
                && previous.stamp().equals(stampOf(type()))
                && firstName
                        .map(first -> Slice.of(first.toBytes()).equals(previous.target()))
                        .orElse(true);
    }

    private Entry.Stamp stampOf(EntryType type) {
        Entry.Stamp stamp = stat.stamp();
        return type == EntryType.FILE ? stamp : new Entry.Stamp(0, stamp.modified(), stamp.changed(), stamp.inode());
    }

    /**
     * Everything that a manifest keeps of it.
     *
     * @throws ScanProblemException if it is no longer what the walk saw, or not all of it may be read
     */
    public Entry entry() throws IOException {
        EntryType type = type();
        try {
            Access access = new Access(
                    stat.permissions(),
                    stat.uid(),
                    stat.gid(),
                    context.owners().user(stat.uid()),
                    context.owners().group(stat.gid()));
            Details details = firstName.isPresent()
                    ? new Details(Slice.of(firstName.get().toBytes()), List.of())
                    : readDetails(type);
            return new Entry(
                    path, type, access, stampOf(type), stat.specialDevice(), details.target(), details.xattrs());
        } catch (PosixException failure) {
            throw new ScanProblemException(ScanProblem.of(path, failure));
        } catch (MovedDirectoryException moved) {
            throw new ScanProblemException(moved.problem());
        }
    }

    private record Details(Slice target, List<Xattr> xattrs) {}

    private Details readDetails(EntryType type) throws IOException {
        if (opened != null && opened.fd() >= 0) {
            return new Details(
                    Slice.empty(), context.attributes().xattrs(opened.fd(), PosixAttributes.Kind.PLAIN, path));
        }
        if (path.isRoot()) {
            return new Details(
                    Slice.empty(), context.attributes().xattrs(chain.rootFd(), PosixAttributes.Kind.PLAIN, path));
        }
        int fd = context.posix().openHandle(chain.fd(), name, path);
        try {
            requireSame(context.posix().stat(fd, path));
            Slice target = type == EntryType.SYMLINK ? Slice.of(context.posix().readLink(fd, path)) : Slice.empty();
            return new Details(target, context.attributes().xattrs(fd, PosixAttributes.Kind.HANDLE, path));
        } finally {
            context.posix().close(fd, path);
        }
    }

    private void requireSame(Stat found) throws ScanProblemException {
        if (!found.id().equals(stat.id()) || found.type() != stat.type()) {
            String detail = "\"" + path + "\" was replaced by another file while it was looked at";
            throw new ScanProblemException(new ScanProblem(ScanProblem.Kind.REPLACED, path, detail));
        }
    }

    /**
     * Opens the file's data; may be called again to read a file anew that changed while it was read, after closing what
     * it gave before.
     *
     * <p>If the file was changed within the last tick of the kernel's clock, waits for the tick to pass, because a
     * further write within it could not be told afterwards.
     *
     * @throws ScanProblemException if it is no longer the file that the walk saw, or may not be read
     * @throws IllegalStateException if it is no regular file
     */
    public SourceFile open() throws IOException {
        if (!stat.isFile()) {
            throw new IllegalStateException("only a regular file has data, \"" + path + "\" is " + stat.type());
        }
        try {
            int fd = context.posix().openFile(chain.fd(), name, path);
            try {
                Stat found = context.posix().stat(fd, path);
                requireSame(found);
                stat = settle(found) ? context.posix().stat(fd, path) : found;
                SourceFile file = new SourceFile(context.posix(), fd, path, stat);
                opened = file;
                fd = -1;
                return file;
            } finally {
                if (fd >= 0) {
                    context.posix().close(fd, path);
                }
            }
        } catch (PosixException failure) {
            throw new ScanProblemException(ScanProblem.of(path, failure));
        } catch (MovedDirectoryException moved) {
            throw new ScanProblemException(moved.problem());
        }
    }

    /** Waits if the file was changed just now; a change time in the future, of another host's clock, is let be. */
    private boolean settle(Stat found) {
        Timestamp changed = found.content().changed();
        Duration age = Duration.between(
                Instant.ofEpochSecond(changed.seconds(), changed.nanos()),
                context.clock().instant());
        boolean recent = age.abs().compareTo(CLOCK_GRANULE) < 0;
        if (recent) {
            LockSupport.parkNanos(CLOCK_GRANULE.minus(age).toNanos());
        }
        return recent;
    }
}
