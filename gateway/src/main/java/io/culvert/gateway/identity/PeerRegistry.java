package io.culvert.gateway.identity;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The peers of this site, in {@code STATE_DIR/peers/<name>.json}, one file each, mode 0600.
 *
 * <p>Every change is durable before the call returns and before a listener hears of it; a crash leaves the old file or
 * the new one. Changes of two processes on one state directory exclude each other by a file lock; what another process
 * changed is seen after {@link #reload}. Any thread may call; reads take no lock. Listeners run on the thread that made
 * the change, after the locks are released.
 */
public final class PeerRegistry implements PeerVerifier.Known {
    static final int MAX_PEERS = 256;
    static final String DIRECTORY = "peers";
    private static final String LOCK_FILE = ".lock";

    /** For the whole process: the file lock is between processes, and refuses a second holder within one. */
    private static final ReentrantLock LOCK = new ReentrantLock();

    private final Path directory;
    private final InstantSource clock;
    private final List<Consumer<PeerChange>> listeners = new CopyOnWriteArrayList<>();
    private volatile Map<String, PeerRecord> peers = Map.of();

    private PeerRegistry(Path directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** Opens the registry, making its directory if there is none. @throws IOException naming a file that is damaged */
    public static PeerRegistry open(Path stateDir, InstantSource clock) throws IOException {
        Path directory = stateDir.resolve(DIRECTORY);
        DurableFiles.createDirectory(directory);
        PeerRegistry registry = new PeerRegistry(directory, clock);
        registry.peers = registry.readAll();
        return registry;
    }

    /** All peers by name, the revoked ones too. */
    @Override
    public List<Peer> list() {
        return peers.values().stream().map(PeerRecord::peer).toList();
    }

    @Override
    public Optional<Peer> find(String name) {
        return record(name).map(PeerRecord::peer);
    }

    /** Adds a listener for every later change; never removed. It must not block for long and must not throw. */
    public void onPeerChanged(Consumer<PeerChange> listener) {
        listeners.add(listener);
    }

    /**
     * Adds a peer. One that was revoked may be enrolled anew; the serial numbers revoked before stay revoked.
     *
     * @return false if a peer of that name is enrolled and not revoked; then nothing was changed
     */
    public boolean add(Peer peer) throws IOException {
        return update(peer.name(), before -> {
            if (before == null) {
                return PeerRecord.first(peer);
            }
            Set<String> serials = new HashSet<>(peer.revokedSerials());
            serials.addAll(before.peer().revokedSerials());
            return before.peer().isRevoked() ? before.enrolledAnew(peer.withRevokedSerials(serials)) : null;
        });
    }

    /**
     * Stops trusting a peer. Listeners close what is connected: TLS itself never ends a live connection for that.
     *
     * @return false if there is no such peer or it was revoked before
     */
    public boolean revoke(String name) throws IOException {
        return change(name, peer -> peer.withRevocation(clock.instant()));
    }

    /** Refuses one certificate of a peer from now on. @param serial its serial number in hexadecimal */
    public boolean revokeCertificate(String name, String serial) throws IOException {
        String canonical = serial.toLowerCase(Locale.ROOT).replaceFirst("^0+(?=.)", "");
        if (!canonical.matches("[0-9a-f]{1," + Peer.MAX_SERIAL_CHARS + "}")) {
            throw new IllegalArgumentException("a serial number must be hexadecimal, was \"" + serial + "\"");
        }
        return change(name, peer -> {
            Set<String> serials = new HashSet<>(peer.revokedSerials());
            serials.add(canonical);
            return peer.withRevokedSerials(serials);
        });
    }

    /**
     * Replaces a peer's CA certificates: the old and the new while it rotates, then the new alone.
     *
     * @throws IOException if one of them is not a CA certificate of that site
     */
    public boolean replaceAuthorities(String name, List<X509Certificate> authorities) throws IOException {
        for (X509Certificate authority : authorities) {
            String site = AuthorityCertificate.siteOf(authority);
            if (!site.equals(name)) {
                throw new IOException("the CA certificate of " + site + " cannot be one of " + name);
            }
        }
        return change(name, peer -> peer.withAuthorities(authorities));
    }

    /** Every record, by name. */
    List<PeerRecord> records() {
        return new ArrayList<>(peers.values());
    }

    Optional<PeerRecord> record(String name) {
        return Optional.ofNullable(peers.get(name));
    }

    /** Takes over what another gateway of this site knows, as far as it is newer. @return whether anything changed */
    boolean adopt(PeerRecord theirs) throws IOException {
        return update(theirs.peer().name(), before -> {
            PeerRecord merged = before == null ? theirs : before.merged(theirs);
            return merged.equals(before) ? null : merged;
        });
    }

    /** Reads the files again and tells the listeners what another process changed. */
    public void reload() throws IOException {
        List<PeerChange> changes = new ArrayList<>();
        LOCK.lock();
        try {
            Map<String, PeerRecord> before = peers;
            Map<String, PeerRecord> now = readAll();
            now.forEach((name, record) -> difference(before.get(name), record).ifPresent(changes::add));
            before.forEach((name, record) -> {
                if (!now.containsKey(name)) {
                    changes.add(new PeerChange.Revoked(record.peer()));
                }
            });
            peers = now;
        } finally {
            LOCK.unlock();
        }
        changes.forEach(this::tell);
    }

    private static Optional<PeerChange> difference(@Nullable PeerRecord before, PeerRecord after) {
        Peer now = after.peer();
        if (before != null && now.equals(before.peer())) {
            return Optional.empty();
        }
        boolean wasTrusted = before != null && !before.peer().isRevoked();
        if (now.isRevoked()) {
            return before != null && !wasTrusted ? Optional.empty() : Optional.of(new PeerChange.Revoked(now));
        }
        return Optional.of(wasTrusted ? new PeerChange.Changed(now) : new PeerChange.Enrolled(now));
    }

    /** Changes a peer that is enrolled and not revoked. @return false if there is none */
    private boolean change(String name, UnaryOperator<Peer> how) throws IOException {
        return update(
                name,
                before ->
                        before == null || before.peer().isRevoked() ? null : before.changed(how.apply(before.peer())));
    }

    /** What a record becomes. */
    private interface Update {
        /** @return null to leave it as it is */
        @Nullable
        PeerRecord of(@Nullable PeerRecord before) throws IOException;
    }

    private boolean update(String name, Update update) throws IOException {
        Optional<PeerChange> change;
        LOCK.lock();
        try (FileChannel channel = FileChannel.open(
                        directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            requireHeld(held);
            Path file = directory.resolve(name + PeerFile.SUFFIX);
            PeerRecord before = Files.exists(file) ? PeerFile.read(file) : null;
            PeerRecord after = update.of(before);
            if (after == null) {
                return false;
            }
            requireRoom(name);
            DurableFiles.replace(file, PeerFile.encode(after));
            Map<String, PeerRecord> next = new TreeMap<>(peers);
            next.put(name, after);
            peers = next;
            change = difference(before, after);
        } finally {
            LOCK.unlock();
        }
        change.ifPresent(this::tell);
        return true;
    }

    private static void requireHeld(FileLock held) throws IOException {
        if (!held.isValid()) {
            throw new IOException("the lock on the peers was lost");
        }
    }

    private void requireRoom(String name) throws IOException {
        if (peers.size() >= MAX_PEERS && !peers.containsKey(name)) {
            throw new IOException("a site must have at most " + MAX_PEERS + " peers, revoked ones included");
        }
    }

    private Map<String, PeerRecord> readAll() throws IOException {
        Map<String, PeerRecord> found = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "[a-z]*" + PeerFile.SUFFIX)) {
            for (Path file : files) {
                PeerRecord record = PeerFile.read(file);
                found.put(record.peer().name(), record);
                if (found.size() > MAX_PEERS) {
                    throw new IOException(directory + " holds more than " + MAX_PEERS + " peers");
                }
            }
        }
        return found;
    }

    private void tell(PeerChange change) {
        listeners.forEach(listener -> listener.accept(change));
    }
}
