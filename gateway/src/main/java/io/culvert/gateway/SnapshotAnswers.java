package io.culvert.gateway;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.CorruptChunkException;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.Extents;
import io.culvert.dedupe.manifest.ManifestReader;
import io.culvert.dedupe.manifest.ManifestRoot;
import io.culvert.dedupe.manifest.PathBytes;
import io.culvert.dedupe.pool.Pool;
import io.culvert.dedupe.pool.Snapshot;
import io.culvert.dedupe.pool.SnapshotLookup;
import io.culvert.gateway.admin.DiffEntry;
import io.culvert.gateway.admin.DiffSummary;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Feed;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.RestoreRequest;
import io.culvert.gateway.admin.SnapshotView;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.replicate.RemoteSnapshot;
import io.culvert.gateway.replicate.RestoreStream;
import io.culvert.gateway.replicate.SnapshotDiff;
import io.culvert.gateway.stream.GatewayName;
import io.culvert.gateway.stream.StreamException;
import io.culvert.gateway.stream.StreamState;
import io.culvert.gateway.stream.StreamStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what concerns snapshots, those held here and those at peers. */
final class SnapshotAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotAnswers.class);

    private final GatewayOperations.Parts parts;

    SnapshotAnswers(GatewayOperations.Parts parts) {
        this.parts = parts;
    }

    /** A snapshot and the pool here that holds it. */
    record Held(Pool pool, Snapshot snapshot) {
        ManifestRoot root() {
            return new ManifestRoot(snapshot.root(), snapshot.depth(), snapshot.entries(), snapshot.sourceBytes());
        }
    }

    List<SnapshotView> list(Optional<String> dataset, Optional<String> peer) throws OperationException {
        List<SnapshotView> views = new ArrayList<>();
        try {
            if (peer.isPresent()) {
                new PeerAnswers(parts).require(peer.get());
                for (RemoteSnapshot remote : parts.replicator().snapshotsAt(peer.get(), dataset.orElse(""), "")) {
                    views.add(view(remote));
                }
            } else {
                for (Pool pool : parts.pools().pools()) {
                    for (Snapshot snapshot : pool.snapshots().list().snapshots()) {
                        if (dataset.isEmpty() || dataset.get().equals(snapshot.dataset())) {
                            views.add(view(here(), pool.name(), snapshot));
                        }
                    }
                }
                for (RemoteSnapshot other : atOthers(dataset.orElse(""), "")) {
                    views.add(view(other));
                }
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        } catch (IOException e) {
            throw Failures.of(e);
        }
        views.sort(Comparator.comparing(SnapshotView::created)
                .thenComparing(SnapshotView::id)
                .reversed());
        return views;
    }

    /** What the pools hold that other gateways of this site have; held by the gateway's name. Those that cannot be asked are left out. */
    List<RemoteSnapshot> atOthers(String dataset, String id) throws IOException, InterruptedException {
        List<RemoteSnapshot> all = new ArrayList<>();
        for (GatewayName gateway : parts.siblings().withPools(parts.pools().names())) {
            try {
                for (RemoteSnapshot found : parts.replicator().snapshotsAt(gateway.toString(), dataset, id)) {
                    all.add(new RemoteSnapshot(gateway.toString(), found.pool(), found.snapshot()));
                }
            } catch (StreamException e) {
                LOG.atWarn().addKeyValue("gateway", gateway).log("its snapshots are left out: {}", e.getMessage());
            }
        }
        return all;
    }

    /** The snapshot in a pool that another gateway of this site has. */
    private Optional<RemoteSnapshot> atOther(String id) throws OperationException {
        try {
            List<RemoteSnapshot> found = atOthers("", id);
            if (found.size() > 1) {
                throw Failures.usage("several snapshots begin with " + id + ": "
                        + found.stream().map(one -> one.snapshot().id()).collect(Collectors.joining(", ")));
            }
            return found.stream().findFirst();
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    private String here() {
        return parts.config().get().site().toString();
    }

    SnapshotView show(String id) throws OperationException {
        Optional<Held> held = find(id);
        return held.isPresent()
                ? view(here(), held.get().pool().name(), held.get().snapshot())
                : view(elsewhere(id));
    }

    /** The snapshot if a pool here holds it. */
    Optional<Held> find(String id) throws OperationException {
        for (Pool pool : parts.pools().pools()) {
            try {
                switch (pool.snapshots().find(id)) {
                    case SnapshotLookup.Found found -> {
                        return Optional.of(new Held(pool, found.snapshot()));
                    }
                    case SnapshotLookup.Ambiguous many ->
                        throw Failures.usage(
                                "several snapshots begin with " + id + ": " + String.join(", ", many.ids()));
                    case SnapshotLookup.Damaged damaged ->
                        throw new OperationException(
                                FailureCategory.FAILED,
                                "the record of snapshot " + damaged.damaged().file() + " in pool " + pool.name()
                                        + " is damaged: " + damaged.damaged().reason());
                    case SnapshotLookup.Missing missing -> {}
                }
            } catch (IOException e) {
                throw Failures.of(e);
            }
        }
        return Optional.empty();
    }

    Held held(String id) throws OperationException {
        Optional<Held> held = find(id);
        Optional<RemoteSnapshot> other = held.isPresent() ? Optional.empty() : atOther(id);
        if (other.isPresent()) {
            throw new OperationException(
                    FailureCategory.REFUSED,
                    "snapshot " + other.get().snapshot().id() + " is in pool "
                            + other.get().pool() + ", which is with gateway "
                            + other.get().heldBy() + "; run the command there");
        }
        if (held.isEmpty()) {
            throw Failures.notFound("no pool of this site holds a snapshot " + id
                    + "; culvert snapshot list shows those that are here");
        }
        return held.get();
    }

    private RemoteSnapshot elsewhere(String id) throws OperationException {
        Optional<RemoteSnapshot> other = atOther(id);
        return other.isPresent() ? other.get() : atPeer(id);
    }

    /** The snapshot at the first peer that is up and shows it. */
    private RemoteSnapshot atPeer(String id) throws OperationException {
        List<String> down = new ArrayList<>();
        for (StreamStatus peer : parts.streams().statuses()) {
            boolean through = parts.siblings().with(Thing.peer(peer.peer())).isPresent();
            if (peer.state() != StreamState.UP && !through) {
                down.add(peer.peer());
                continue;
            }
            Optional<RemoteSnapshot> found = atPeer(peer.peer(), id);
            if (found.isPresent()) {
                return found.get();
            }
        }
        if (down.isEmpty()) {
            throw Failures.notFound("there is no snapshot " + id
                    + " here or at a peer that shows it; culvert snapshot list [--peer PEER] shows them");
        }
        throw new OperationException(
                FailureCategory.UNREACHABLE,
                "there is no snapshot " + id + " here, and these peers could not be asked because they are down: "
                        + String.join(", ", down));
    }

    private Optional<RemoteSnapshot> atPeer(String peer, String id) throws OperationException {
        try {
            List<RemoteSnapshot> found = parts.replicator().snapshotsAt(peer, "", id);
            if (found.size() > 1) {
                throw Failures.usage("several snapshots at " + peer + " begin with " + id);
            }
            return found.stream().findFirst();
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    SnapshotView delete(String id) throws OperationException {
        Held held = held(id);
        try {
            held.pool().snapshots().delete(held.snapshot().id());
            return view(here(), held.pool().name(), held.snapshot());
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    void restore(RestoreRequest request, OutputStream out) throws OperationException, IOException {
        List<PathBytes> paths = new ArrayList<>();
        for (String path : request.paths()) {
            try {
                paths.add(PathBytes.of(path));
            } catch (IllegalArgumentException e) {
                throw Failures.usage(String.valueOf(e.getMessage()));
            }
        }
        Optional<Held> held = request.peer().isPresent() ? Optional.empty() : find(request.snapshot());
        RemoteSnapshot remote = held.isPresent() ? null : remote(request);
        RestoreStream.Writer writer = new RestoreStream.Writer(out);
        try {
            if (remote == null) {
                Held local = held.orElseThrow();
                parts.replicator().readLocal(local.pool(), local.snapshot(), paths, writer);
            } else {
                parts.replicator().readFrom(remote.heldBy(), remote.snapshot().id(), paths, writer);
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        } catch (IOException e) {
            writer.failed(String.valueOf(e.getMessage()));
            throw Failures.of(e);
        }
    }

    private RemoteSnapshot remote(RestoreRequest request) throws OperationException {
        if (request.peer().isEmpty()) {
            return elsewhere(request.snapshot());
        }
        String peer = request.peer().get();
        new PeerAnswers(parts).require(peer);
        return atPeer(peer, request.snapshot())
                .orElseThrow(() -> Failures.notFound("peer " + peer + " shows no snapshot " + request.snapshot()));
    }

    /** Told what of the manifest cannot be read. */
    interface Broken {
        void report(String pool, String reason);
    }

    /** Every chunk that the snapshot names, its manifest included as far as it can be read. */
    List<ChunkRef> chunks(Held held, Broken broken) throws IOException {
        List<ChunkRef> chunks = new ArrayList<>();
        try {
            new ManifestReader(held.pool(), held.root())
                    .leaves(
                            (node, level) -> {
                                chunks.add(node);
                                return true;
                            },
                            leaf -> {
                                for (var record : ManifestReader.records(leaf)) {
                                    if (record instanceof Extents extents) {
                                        extents.list().forEach(extent -> {
                                            if (extent instanceof Extent.Data data) {
                                                chunks.add(data.chunk());
                                            }
                                        });
                                    }
                                }
                            });
        } catch (CorruptChunkException e) {
            broken.report(
                    held.pool().name(),
                    "the manifest of snapshot " + held.snapshot().id() + " cannot be read: " + e.getMessage());
        }
        return chunks;
    }

    DiffSummary diff(String from, String to, Feed<DiffEntry> changes) throws OperationException, IOException {
        Held before = held(from);
        Held after = held(to);
        long[] counts = new long[DiffEntry.Change.values().length + 1];
        SnapshotDiff.compare(before.pool(), before.root(), after.pool(), after.root(), change -> {
            DiffEntry.Change kind = DiffEntry.Change.valueOf(change.kind().name());
            counts[kind.ordinal()]++;
            if (kind == DiffEntry.Change.ADDED || kind == DiffEntry.Change.CONTENT) {
                counts[counts.length - 1] += change.entry().stamp().sizeBytes();
            }
            changes.accept(new DiffEntry(
                    kind,
                    change.entry().path().toString(),
                    change.entry()
                            .type()
                            .name()
                            .toLowerCase(java.util.Locale.ROOT)
                            .replace('_', '-'),
                    change.entry().stamp().sizeBytes()));
        });
        return new DiffSummary(
                before.snapshot().id(),
                after.snapshot().id(),
                counts[DiffEntry.Change.ADDED.ordinal()],
                counts[DiffEntry.Change.REMOVED.ordinal()],
                counts[DiffEntry.Change.CONTENT.ordinal()],
                counts[DiffEntry.Change.METADATA.ordinal()],
                counts[counts.length - 1]);
    }

    private static SnapshotView view(RemoteSnapshot remote) {
        return view(remote.heldBy(), remote.pool(), remote.snapshot());
    }

    static SnapshotView view(String heldBy, String pool, Snapshot snapshot) {
        return new SnapshotView(
                snapshot.id(),
                snapshot.dataset(),
                snapshot.site(),
                snapshot.kind(),
                heldBy,
                pool,
                snapshot.created(),
                snapshot.label(),
                snapshot.attempt(),
                snapshot.fence().toString(),
                snapshot.root().fingerprint().hex(),
                snapshot.entries(),
                snapshot.sourceBytes(),
                Optional.empty());
    }
}
