package io.culvert.gateway.checkpoint.doctor;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.culvert.gateway.checkpoint.EtcdFailure;
import io.culvert.siteconfig.Checkpoints;
import io.etcd.jetcd.api.SnapshotRequest;
import io.etcd.jetcd.api.SnapshotResponse;
import io.grpc.StatusRuntimeException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Copies of the cluster's database in a directory of this host, as {@code etcdctl snapshot restore} reads them when they are unpacked
 * ({@code zstd -d}). Each is checked by its own sum as it comes and once more as it stands on the disk; a crash leaves none that is not
 * whole. The newest {@link #KEPT} are kept, nothing else in the directory is touched.
 */
final class Backups {

    /** Six days of four a day. */
    static final int KEPT = 24;

    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int LEVEL = 3;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern NAME = Pattern.compile("etcd-(\\d{8}T\\d{6}Z)-r\\d+\\.db\\.zst");
    /** What zstd begins with (RFC 8878, 3.1.1). */
    private static final byte[] MAGIC = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD};

    private static final String SUFFIX = Checkpoints.UNFINISHED;
    private static final Pattern UNFINISHED = Pattern.compile(NAME.pattern() + Pattern.quote(SUFFIX));

    private final ClusterReader reader;
    private final Path directory;
    private final InstantSource clock;
    private final ReentrantLock making = new ReentrantLock();

    /**
     * Makes the directory, so that it can be copied before there is anything in it.
     *
     * @throws IOException if that cannot be
     */
    Backups(ClusterReader reader, Path directory, InstantSource clock) throws IOException {
        this.reader = reader;
        this.directory = directory;
        this.clock = clock;
        makeDirectory();
    }

    private void makeDirectory() throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /**
     * Makes one.
     *
     * @throws RefusedUpkeepException if one is being made
     * @throws FileSystemException if it cannot be written
     * @throws IOException if no member answers, or what came is damaged; its message is a sentence
     */
    EtcdDoctor.Backup make() throws IOException, InterruptedException {
        if (!making.tryLock()) {
            throw new RefusedUpkeepException("a backup of etcd is being made already");
        }
        try {
            return makeOne();
        } finally {
            making.unlock();
        }
    }

    private EtcdDoctor.Backup makeOne() throws IOException, InterruptedException {
        Instant at = clock.instant();
        ClusterReading reading = reader.read(at);
        MemberReading member = reading.members().stream()
                .filter(MemberReading::answers)
                .min(Comparator.comparing(MemberReading::leads)) // spares the leader
                .orElseThrow(() -> new IOException("no member of etcd answers: " + Upkeep.troubles(reading)));
        long revision = member.state().orElseThrow().revision();
        makeDirectory(); // somebody may have taken it away
        Path file = directory.resolve("etcd-" + TIME.format(at) + "-r" + revision + ".db.zst");
        Path unfinished = file.resolveSibling(file.getFileName() + SUFFIX);
        boolean done = false;
        try {
            long databaseBytes = fetch(member, unfinished);
            check(unfinished);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            done = true;
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
            try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
                entries.force(true);
            }
            prune();
            return new EtcdDoctor.Backup(file, at, revision, databaseBytes, Files.size(file));
        } finally {
            if (!done) {
                Files.deleteIfExists(unfinished);
            }
        }
    }

    private long fetch(MemberReading member, Path to) throws IOException {
        URI endpoint = URI.create(member.endpoint());
        TrailingSum sum = new TrailingSum();
        Files.deleteIfExists(to);
        try (FileChannel channel = FileChannel.open(
                        to,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                OutputStream packed = new ZstdOutputStream(Channels.newOutputStream(channel), LEVEL)) {
            Iterator<SnapshotResponse> parts =
                    reader.at(endpoint).maintenance(LONGEST).snapshot(SnapshotRequest.getDefaultInstance());
            while (parts.hasNext()) {
                byte[] part = parts.next().getBlob().toByteArray();
                sum.update(part, 0, part.length);
                packed.write(part);
            }
        } catch (StatusRuntimeException e) {
            throw new IOException(EtcdFailure.of(e.getStatus(), endpoint).sentence(), e);
        }
        try (FileChannel written = FileChannel.open(to, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        if (!sum.isWhole()) {
            throw new IOException(
                    "what etcd at " + endpoint + " sent is no whole copy of its database; nothing was kept");
        }
        return sum.databaseBytes();
    }

    /** Reads it again from where it stands. */
    static void check(Path file) throws IOException {
        unpack(file, OutputStream.nullOutputStream());
    }

    /**
     * Reads a backup, or a snapshot of etcdctl, which is not compressed.
     *
     * @return the bytes of the database, without its sum
     * @throws DamagedBackupException if it is not whole; by then all of it may have been written
     */
    static long unpack(Path file, OutputStream out) throws IOException {
        TrailingSum sum = new TrailingSum();
        byte[] buffer = new byte[64 << 10];
        try (InputStream in = open(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sum.update(buffer, 0, read);
                out.write(buffer, 0, read);
            }
        } catch (ZstdIOException e) {
            throw new DamagedBackupException(file, e);
        }
        if (!sum.isWhole()) {
            throw new DamagedBackupException(file, null);
        }
        return sum.databaseBytes();
    }

    private static InputStream open(Path file) throws IOException {
        BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file));
        in.mark(MAGIC.length);
        boolean packed = Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
        in.reset();
        return packed ? new ZstdInputStream(in) : in;
    }

    /** Of what a killed gateway left unfinished, all goes. */
    private void prune() throws IOException {
        for (Path unfinished : matching(directory, UNFINISHED)) {
            Files.deleteIfExists(unfinished);
        }
        List<Path> all = in(directory);
        for (Path old : all.subList(0, Math.max(0, all.size() - KEPT))) {
            Files.deleteIfExists(old);
        }
    }

    /** All whole ones in a directory, from old to new. */
    static List<Path> in(Path directory) throws IOException {
        return matching(directory, NAME);
    }

    private static List<Path> matching(Path directory, Pattern name) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(
                            file -> name.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
    }

    /** When the newest was made; empty if there is none. */
    Optional<Instant> newest() throws IOException {
        List<Path> all = in(directory);
        return all.isEmpty() ? Optional.empty() : time(all.getLast());
    }

    /** From when on whoever read the directory read the newest one, too; empty if there is none. */
    Optional<Instant> finished() throws IOException {
        List<Path> all = in(directory);
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(Files.getLastModifiedTime(all.getLast()).toInstant());
    }

    /** When it was made, by its name. */
    static Optional<Instant> time(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        try {
            return name.matches() ? Optional.of(TIME.parse(name.group(1), Instant::from)) : Optional.empty();
        } catch (DateTimeParseException e) {
            return Optional.empty(); // a day that no calendar has: not one of ours
        }
    }
}
