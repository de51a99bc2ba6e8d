package io.culvert.gateway;

import io.culvert.gateway.checkpoint.GatewayRegister;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the pools of this site are called, and were called before: a pool is known by its id, so a name that the site file has no more is
 * found to be that of a pool which has another one now, however the file came to change, and whenever the gateway was killed.
 *
 * <p>Kept in {@code STATE_DIR/pool-names}, replaced whole, a line each: the name, the id, since when, and {@code present} or {@code former}. The
 * gateways of a site also tell each other of renamed ones, in etcd: {@code former/NAME} is the present name, the id, and since when; or empty,
 * when the pool has got the name back. Thread-safe.
 */
final class PoolNames {

    /** What became of a name. */
    sealed interface Former {
        Instant since();

        /** The pool is called otherwise. */
        record Renamed(String now, Instant since) implements Former {}

        /** The pool is in the site file no more. */
        record Removed(Instant since) implements Former {}
    }

    private record Named(UUID id, Instant since, boolean present) {}

    private record Told(String now, UUID id, Instant since) {}

    /** With more names than this the oldest former ones are forgotten. */
    private static final int MAX_FORMER = 512;

    private static final Logger LOG = LoggerFactory.getLogger(PoolNames.class);
    private static final String FILE = "pool-names";
    private static final String NOTE = "former/";

    private final Path file;
    private final Optional<GatewayRegister> register;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Named> names = new TreeMap<>();
    private final Map<String, Told> told = new ConcurrentSkipListMap<>();

    private PoolNames(Path file, Optional<GatewayRegister> register, InstantSource clock) {
        this.file = file;
        this.register = register;
        this.clock = clock;
    }

    /**
     * Reads what is known. Of a file that is damaged what can be read is believed, and the rest learned anew.
     *
     * @param register empty if this gateway can only be alone
     */
    static PoolNames open(Path stateDir, Optional<GatewayRegister> register, InstantSource clock) throws IOException {
        PoolNames known = new PoolNames(stateDir.resolve(FILE), register, clock);
        if (Files.exists(known.file)) {
            new String(Files.readAllBytes(known.file), StandardCharsets.US_ASCII)
                    .lines()
                    .forEach(known::read);
        }
        return known;
    }

    private void read(String line) {
        String[] parts = line.split(" ");
        try {
            names.put(
                    parts[0],
                    new Named(UUID.fromString(parts[1]), Instant.parse(parts[2]), parts[3].equals("present")));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
            LOG.warn("a line of {} is damaged, and what it said is learned anew: {}", file, line);
        }
    }

    // ---- what is known

    /** What became of the name; empty if a pool has it, or none ever had. */
    Optional<Former> former(String name) {
        lock.lock();
        try {
            return formerLocked(name);
        } finally {
            lock.unlock();
        }
    }

    private Optional<Former> formerLocked(String name) {
        Named known = names.get(name);
        if (known != null && known.present()) {
            return stale(name).map(now -> new Former.Renamed(now.now(), now.since()));
        }
        Optional<String> now = known == null ? Optional.empty() : present(known.id());
        if (known != null && now.isPresent()) {
            return Optional.of(new Former.Renamed(now.get(), known.since()));
        }
        Told elsewhere = told.get(name);
        if (elsewhere != null) {
            return Optional.of(new Former.Renamed(elsewhere.now(), elsewhere.since()));
        }
        return Optional.ofNullable(known).map(was -> new Former.Removed(was.since()));
    }

    private Optional<String> present(UUID id) {
        return names.entrySet().stream()
                .filter(one -> one.getValue().present() && one.getValue().id().equals(id))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** What the site calls the pool by now, if this gateway's site file still calls it so. */
    private Optional<Told> stale(String name) {
        Named known = names.get(name);
        Told now = told.get(name);
        return known != null && known.present() && now != null && now.id().equals(known.id())
                ? Optional.of(now)
                : Optional.empty();
    }

    /** Whether this gateway's site file still calls the pool so, and those of others do not. */
    boolean isStale(String name) {
        lock.lock();
        try {
            return stale(name).isPresent();
        } finally {
            lock.unlock();
        }
    }

    /** All names that are no pool's any more. */
    Map<String, Former> formers() {
        Map<String, Former> formers = new TreeMap<>();
        lock.lock();
        try {
            Stream.concat(names.keySet().stream(), told.keySet().stream())
                    .forEach(name -> formerLocked(name).ifPresent(how -> formers.put(name, how)));
        } finally {
            lock.unlock();
        }
        return formers;
    }

    /** One sentence for who uses the name; empty if a pool has it, or none ever had. */
    Optional<String> sentence(String name) {
        return former(name).map(former -> switch (former) {
            case Former.Renamed renamed ->
                "pool " + name + " has been renamed to " + renamed.now() + ", since " + seconds(renamed.since());
            case Former.Removed removed ->
                "pool " + name + " is not in the site file any more, since " + seconds(removed.since());
        });
    }

    static Instant seconds(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * Which pool the name may be opened as; empty if any. A name that was another pool's is not given to a new one: peers that still write to it
     * would write into that.
     *
     * @throws IOException if the site calls the pool otherwise by now
     */
    Optional<UUID> expected(String name) throws IOException {
        lock.lock();
        try {
            Optional<Told> now = stale(name);
            if (now.isPresent()) {
                throw new IOException("another gateway of the site calls pool " + name + " "
                        + now.get().now() + " since "
                        + seconds(now.get().since()) + "; run here too: culvert pool rename " + name + " "
                        + now.get().now());
            }
            return Optional.ofNullable(names.get(name))
                    .filter(known -> !known.present())
                    .map(Named::id);
        } finally {
            lock.unlock();
        }
    }

    /** The pool that has the name, or had it last. */
    Optional<UUID> id(String name) {
        lock.lock();
        try {
            return Optional.ofNullable(names.get(name)).map(Named::id);
        } finally {
            lock.unlock();
        }
    }

    // ---- what is learned

    /** This gateway has opened the pool, as its owner if there are others. */
    void opened(String name, UUID id) throws IOException {
        lock.lock();
        try {
            Named before = names.get(name);
            if (before == null || !before.present() || !before.id().equals(id)) {
                names.put(name, new Named(id, now(), true));
                write();
            }
        } finally {
            lock.unlock();
        }
        if (register.isPresent() && told.containsKey(name)) {
            register.get().note(NOTE + name, new byte[0]);
            told.remove(name);
        }
    }

    /**
     * The site file names these pools, and no others.
     *
     * @param known the ids of those that this gateway need not have opened itself
     */
    void settle(Set<String> inFile, Function<String, Optional<UUID>> known) throws IOException {
        lock.lock();
        try {
            Map<String, Named> before = Map.copyOf(names);
            names.replaceAll(
                    (name, its) -> its.present() && !inFile.contains(name) ? new Named(its.id(), now(), false) : its);
            for (String name : inFile) {
                Optional<UUID> id = known.apply(name);
                if (!names.containsKey(name) && id.isPresent()) {
                    names.put(name, new Named(id.get(), now(), true));
                }
            }
            if (!names.equals(before)) {
                write();
            }
        } finally {
            lock.unlock();
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Tells the other gateways of the site what is open here under another name than before, and hears what they call theirs. */
    void exchange(Predicate<String> isOpenHere) throws IOException {
        if (register.isEmpty()) {
            return;
        }
        Map<String, Told> there = new HashMap<>();
        for (Map.Entry<String, byte[]> note : register.get().notes(NOTE).entrySet()) {
            parse(note.getValue()).ifPresent(one -> there.put(note.getKey().substring(NOTE.length()), one));
        }
        told.keySet().retainAll(there.keySet());
        told.putAll(there);
        for (Map.Entry<String, Former> former : formers().entrySet()) {
            if (former.getValue() instanceof Former.Renamed renamed
                    && isOpenHere.test(renamed.now())
                    && !Optional.ofNullable(there.get(former.getKey()))
                            .map(Told::now)
                            .equals(Optional.of(renamed.now()))) {
                UUID id = id(renamed.now()).orElseThrow();
                register.get()
                        .note(
                                NOTE + former.getKey(),
                                (renamed.now() + " " + id + " " + renamed.since()).getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    private static Optional<Told> parse(byte[] note) {
        String[] parts = new String(note, StandardCharsets.US_ASCII).split(" ");
        try {
            return parts.length == 3
                    ? Optional.of(new Told(parts[0], UUID.fromString(parts[1]), Instant.parse(parts[2])))
                    : Optional.empty();
        } catch (IllegalArgumentException | DateTimeException e) {
            LOG.debug("a note about a former name cannot be read: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private void write() throws IOException {
        names.entrySet().stream()
                .filter(one -> !one.getValue().present())
                .sorted(Map.Entry.comparingByValue(Comparator.comparing(Named::since)))
                .map(Map.Entry::getKey)
                .limit(Math.max(0, names.size() - MAX_FORMER))
                .toList()
                .forEach(names::remove);
        StringBuilder text = new StringBuilder();
        names.forEach((name, its) -> text.append(name)
                .append(' ')
                .append(its.id())
                .append(' ')
                .append(its.since())
                .append(its.present() ? " present\n" : " former\n"));
        Path fresh = file.resolveSibling(FILE + ".new");
        try (FileChannel out = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory =
                FileChannel.open(Objects.requireNonNull(file.getParent()), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
