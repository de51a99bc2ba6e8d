package io.culvert.gateway.checkpoint.doctor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes the data of a member of a new cluster out of a backup, through {@code etcdctl snapshot restore}. Needs no etcd and no gateway. The
 * data directory gets its {@code member} by one rename, when all of it is on the disk; what a run that was killed left beside it is
 * cleared by the next one.
 */
public final class EtcdRestore {

    private static final Duration LONGEST = Duration.ofMinutes(30);
    private static final String WORK = ".culvert-restore";
    /** What an empty data directory may hold; the second is in the root of each ext4. */
    private static final Set<String> NOTHING = Set.of(WORK, "lost+found");

    private static final int MAX_WORDS = 300;

    /**
     * What is to be made.
     *
     * @param backup one of ours, or a snapshot of etcdctl
     * @param dataDirectory empty, or not there yet
     * @param name one of the cluster's
     * @param token of all members of the new cluster and of no other: it becomes the cluster's id
     */
    public record Order(Path backup, Path dataDirectory, String name, InitialCluster cluster, String token) {}

    /** @param next what is left to a person */
    public record Restored(long databaseBytes, List<Step> next) {
        public Restored {
            next = List.copyOf(next);
        }
    }

    /** A backup, and when it was made. */
    public record Found(Path file, Instant at) {}

    private final Path etcdctl;

    /** @param etcdctl the program */
    public EtcdRestore(Path etcdctl) {
        this.etcdctl = etcdctl;
    }

    /** The newest backup in a directory, whole or not. */
    public static Optional<Found> newest(Path backups) throws IOException {
        List<Path> all = Backups.in(backups);
        return all.isEmpty() ? Optional.empty() : Backups.time(all.getLast()).map(at -> new Found(all.getLast(), at));
    }

    /** The one that was made before a backup, if it is in the same directory. */
    public static Optional<Path> before(Path backup) throws IOException {
        Path directory = backup.toAbsolutePath().getParent();
        return directory == null
                ? Optional.empty()
                : Backups.in(directory).reversed().stream()
                        .filter(file -> file.getFileName().compareTo(backup.getFileName()) < 0)
                        .findFirst();
    }

    /**
     * Makes it.
     *
     * @throws RefusedUpkeepException if there is something in the data directory; nothing was changed
     * @throws DamagedBackupException if the backup's sum is wrong; nothing was made
     * @throws IOException if a file cannot be read or written, or etcdctl fails; its message is a sentence, that of a
     *     {@link java.nio.file.FileSystemException} is the kernel's
     */
    public Restored restore(Order order) throws IOException, InterruptedException {
        Path data = order.dataDirectory();
        requireEmpty(data);
        boolean fresh = !Files.exists(data);
        Files.createDirectories(
                data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path work = data.resolve(WORK);
        boolean done = false;
        try {
            delete(work);
            Files.createDirectory(
                    work, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            long databaseBytes = unpack(order.backup(), work.resolve("snapshot.db"));
            run(command(order, work));
            Files.move(work.resolve("data/member"), data.resolve("member"), StandardCopyOption.ATOMIC_MOVE);
            force(data);
            done = true;
            return new Restored(databaseBytes, RestoreSteps.of(order));
        } finally {
            delete(work);
            if (!done && fresh) {
                Files.deleteIfExists(data);
            }
        }
    }

    private static void requireEmpty(Path data) throws IOException {
        if (!Files.exists(data)) {
            return;
        }
        if (!Files.isDirectory(data)) {
            throw new RefusedUpkeepException(data + " is a file; --data-dir names a directory, empty or not there yet");
        }
        try (Stream<Path> entries = Files.list(data)) {
            if (entries.anyMatch(entry -> !NOTHING.contains(entry.getFileName().toString()))) {
                throw new RefusedUpkeepException(
                        data + " is not empty, and what is there is not overwritten: stop etcd, put it" + " away (mv "
                                + data + " " + data + ".before), or name another --data-dir");
            }
        }
    }

    private static long unpack(Path backup, Path to) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        to,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                OutputStream out = Channels.newOutputStream(channel)) {
            return Backups.unpack(backup, out);
        }
    }

    private List<String> command(Order order, Path work) {
        return List.of(
                etcdctl.toString(),
                "snapshot",
                "restore",
                work.resolve("snapshot.db").toString(),
                "--name=" + order.name(),
                "--initial-cluster=" + order.cluster().text(),
                "--initial-advertise-peer-urls="
                        + String.join(",", order.cluster().urls(order.name())),
                "--initial-cluster-token=" + order.token(),
                "--data-dir=" + work.resolve("data"));
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Path said = Path.of(command.get(3)).resolveSibling("etcdctl.log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCDCTL_")); // they would be options
        builder.environment().put("ETCDCTL_API", "3");
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException(
                        "etcdctl did not end within " + LONGEST.toMinutes() + " minutes; nothing was made");
            }
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException("etcdctl could not make the data: " + lastWords(said));
        }
    }

    private static String lastWords(Path said) throws IOException {
        List<String> lines = new String(Files.readAllBytes(said), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        String last = lines.isEmpty() ? "it did not say why" : lines.getLast();
        return last.substring(0, Math.min(MAX_WORDS, last.length()));
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        List<Path> all = new ArrayList<>();
        try (Stream<Path> entries = Files.walk(tree)) {
            entries.sorted(Comparator.reverseOrder()).forEach(all::add);
        }
        for (Path one : all) {
            Files.delete(one);
        }
    }
}
