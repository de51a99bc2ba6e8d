package io.culvert.dedupe.tree;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.PathBytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/**
 * Writes a tree as a pax archive (POSIX.1-2001) that GNU tar and bsdtar read back whole.
 *
 * <p>What a ustar header cannot hold goes into {@link PaxRecords} before it. Holes are written as zeros; sockets are
 * left out and noted. The stream is the caller's: {@link #finish()} completes the archive, and one that was not
 * finished has no end mark, so that no reader takes it for whole.
 */
public final class TarTreeSink implements TreeSink {

    private static final int MAX_LEFT_OUT = 10_000;
    private static final byte[] ZEROS = new byte[64 * 1024];
    /** One less than the field has, which Commons Compress keeps for a NUL. */
    private static final int HEADER_NAME_BYTES = 99;

    private static final int HEADER_OWNER_BYTES = 31;
    private static final String PAX_HEADER_NAME = "././@PaxHeader";

    private final TarArchiveOutputStream tar;
    private final EntryRules rules = new EntryRules();
    private final RestoreReport.Builder report = new RestoreReport.Builder();
    private final Set<PathBytes> leftOut = new HashSet<>();
    private @Nullable Entry file;
    private long leftBytes;

    /** Writes to {@code out}, which the caller closes. */
    public TarTreeSink(OutputStream out) {
        tar = new TarArchiveOutputStream(out, StandardCharsets.ISO_8859_1.name());
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_ERROR);
    }

    @Override
    public void begin(Entry entry) throws IOException {
        completeFile();
        rules.check(entry);
        if (entry.type() == EntryType.SOCKET) {
            leaveOut(RestoreNote.Kind.SOCKET, entry, "an archive has no sockets");
            return;
        }
        if (entry.type() == EntryType.HARD_LINK && leftOut.contains(EntryRules.linkTarget(entry))) {
            leaveOut(RestoreNote.Kind.HARD_LINK, entry, "so is the file whose further name it is");
            return;
        }
        writePaxHeader(entry);
        tar.putArchiveEntry(header(entry));
        if (entry.type() == EntryType.FILE) {
            file = entry;
            leftBytes = entry.stamp().sizeBytes();
        } else {
            tar.closeArchiveEntry();
        }
    }

    private void leaveOut(RestoreNote.Kind kind, Entry entry, String reason) {
        report.add(new RestoreNote(kind, entry.path(), "\"" + entry.path() + "\" is left out: " + reason));
        if (leftOut.size() < MAX_LEFT_OUT) {
            leftOut.add(entry.path());
        }
    }

    private void writePaxHeader(Entry entry) throws IOException {
        PaxRecords records = new PaxRecords();
        byte[] name = name(entry);
        if (!fitsHeader(name, HEADER_NAME_BYTES)) {
            records.addName("path", name);
        }
        if (!fitsHeader(entry.target().toArray(), HEADER_NAME_BYTES)) {
            records.addName("linkpath", entry.target().toArray());
        }
        byte[] user = entry.access().user().getBytes(StandardCharsets.UTF_8);
        if (!fitsHeader(user, HEADER_OWNER_BYTES)) {
            records.addName("uname", user);
        }
        byte[] group = entry.access().group().getBytes(StandardCharsets.UTF_8);
        if (!fitsHeader(group, HEADER_OWNER_BYTES)) {
            records.addName("gname", group);
        }
        records.addTime("mtime", entry.stamp().modified());
        entry.xattrs().forEach(records::addXattr);
        if (!records.isEmpty()) {
            byte[] bytes = records.toBytes();
            TarArchiveEntry header = new TarArchiveEntry(PAX_HEADER_NAME, TarConstants.LF_PAX_EXTENDED_HEADER_LC);
            header.setSize(bytes.length);
            header.setModTime(FileTime.fromMillis(0));
            tar.putArchiveEntry(header);
            tar.write(bytes);
            tar.closeArchiveEntry();
        }
    }

    private static TarArchiveEntry header(Entry entry) {
        TarArchiveEntry header =
                new TarArchiveEntry(headerText(name(entry), HEADER_NAME_BYTES), typeFlag(entry.type()));
        header.setMode(entry.access().mode());
        header.setUserId(Integer.toUnsignedLong(entry.access().uid()));
        header.setGroupId(Integer.toUnsignedLong(entry.access().gid()));
        header.setUserName(headerText(entry.access().user().getBytes(StandardCharsets.UTF_8), HEADER_OWNER_BYTES));
        header.setGroupName(headerText(entry.access().group().getBytes(StandardCharsets.UTF_8), HEADER_OWNER_BYTES));
        header.setModTime(
                FileTime.from(Instant.ofEpochSecond(entry.stamp().modified().seconds())));
        header.setLinkName(headerText(entry.target().toArray(), HEADER_NAME_BYTES));
        header.setSize(entry.type() == EntryType.FILE ? entry.stamp().sizeBytes() : 0);
        if (entry.type().isDevice()) {
            header.setDevMajor((int) (entry.device() >>> 32));
            header.setDevMinor((int) entry.device());
        }
        return header;
    }

    /** The name in the archive: a directory's ends with a slash, the root is {@code ./}. */
    private static byte[] name(Entry entry) {
        byte[] path = entry.path().isRoot() ? new byte[] {'.'} : entry.path().toBytes();
        if (entry.type() != EntryType.DIRECTORY) {
            return path;
        }
        byte[] name = Arrays.copyOf(path, path.length + 1);
        name[path.length] = '/';
        return name;
    }

    private static byte typeFlag(EntryType type) {
        return switch (type) {
            case FILE -> TarConstants.LF_NORMAL;
            case HARD_LINK -> TarConstants.LF_LINK;
            case SYMLINK -> TarConstants.LF_SYMLINK;
            case CHARACTER_DEVICE -> TarConstants.LF_CHR;
            case BLOCK_DEVICE -> TarConstants.LF_BLK;
            case DIRECTORY -> TarConstants.LF_DIR;
            case FIFO -> TarConstants.LF_FIFO;
            case SOCKET -> throw new IllegalStateException("an archive has no sockets");
        };
    }

    private static boolean fitsHeader(byte[] bytes, int maxBytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return bytes.length <= maxBytes;
    }

    /** What a header can hold of it: ASCII, cut where it is too long; a pax record has the whole. */
    private static String headerText(byte[] bytes, int maxBytes) {
        byte[] shown = Arrays.copyOf(bytes, Math.min(bytes.length, maxBytes));
        for (int i = 0; i < shown.length; i++) {
            boolean cutAtSlash = bytes.length > maxBytes && i == maxBytes - 1 && shown[i] == '/';
            shown[i] = shown[i] < 0 || cutAtSlash ? (byte) '_' : shown[i];
        }
        return new String(shown, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void data(Slice data) throws IOException {
        take(data.length());
        tar.write(data.array(), data.offset(), data.length());
    }

    @Override
    public void hole(long lengthBytes) throws IOException {
        take(lengthBytes);
        for (long left = lengthBytes; left > 0; left -= ZEROS.length) {
            tar.write(ZEROS, 0, (int) Math.min(left, ZEROS.length));
        }
    }

    private void take(long lengthBytes) throws IOException {
        if (file == null) {
            throw new IllegalStateException("data belongs to a file, and none has begun");
        }
        if (lengthBytes < 0 || lengthBytes > leftBytes) {
            throw new RefusedEntryException(
                    file.path(), "it has more data than the " + file.stamp().sizeBytes() + " bytes it should have");
        }
        leftBytes -= lengthBytes;
    }

    private void completeFile() throws IOException {
        if (file != null) {
            if (leftBytes > 0) {
                throw new RefusedEntryException(file.path(), leftBytes + " bytes of its data did not come");
            }
            file = null;
            tar.closeArchiveEntry();
        }
    }

    @Override
    public RestoreReport finish() throws IOException {
        completeFile();
        tar.finish();
        tar.flush();
        return report.build();
    }

    /** Does nothing: the stream belongs to the caller. */
    @Override
    public void close() {}
}
