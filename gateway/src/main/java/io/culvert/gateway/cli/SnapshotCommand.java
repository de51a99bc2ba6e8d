package io.culvert.gateway.cli;

import io.culvert.gateway.admin.DiffEntry;
import io.culvert.gateway.admin.DiffSummary;
import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.SnapshotView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Snapshots. */
@Command(
        name = "snapshot",
        description = "List, show, compare and delete snapshots.",
        subcommands = {
            SnapshotCommand.ListSnapshots.class,
            SnapshotCommand.Show.class,
            SnapshotCommand.Diff.class,
            SnapshotCommand.Delete.class
        })
final class SnapshotCommand extends CommandGroup {

    @Command(name = "list", description = "List complete snapshots, newest first: those held here, or by a peer.")
    static final class ListSnapshots extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        @Option(names = "--dataset", paramLabel = "D", description = "Only of this dataset.")
        private Optional<String> dataset = Optional.empty();

        @Option(names = "--peer", paramLabel = "P", description = "Those that this peer holds.")
        private Optional<String> peer = Optional.empty();

        ListSnapshots(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            if (dataset.isPresent()) {
                Identifiers.NAME.require(dataset.get());
            }
            if (peer.isPresent()) {
                Identifiers.SITE.require(peer.get());
            }
            List<SnapshotView> snapshots = session.gateway().snapshots(dataset, peer);
            if (output.json()) {
                session.printJson(snapshots);
                return 0;
            }
            Views.snapshots(snapshots).print(session.out(), "no snapshots");
            return 0;
        }
    }

    @Command(name = "show", description = "Show one snapshot.")
    static final class Show extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        @Parameters(paramLabel = "ID", description = "The snapshot's id.")
        private String id = "";

        Show(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            SnapshotView s = session.gateway().snapshot(Identifiers.ID.require(id));
            if (output.json()) {
                session.printJson(s);
                return 0;
            }
            new Facts()
                    .fact("snapshot", s.id())
                    .fact("dataset", s.dataset() + " of " + s.site())
                    .fact("kind", s.kind())
                    .fact("held by", s.heldBy() + ", pool " + s.pool())
                    .fact("created", Words.time(s.created()))
                    .fact("label", s.label())
                    .fact("entries", Words.count(s.entries()))
                    .fact("size", Words.bytes(s.sourceBytes()))
                    .fact("locked until", s.lockedUntil().map(Words::time).orElse(""))
                    .fact("attempt", s.attempt() + ", fence " + s.fence())
                    .fact("manifest", s.root())
                    .print(session.out());
            return 0;
        }
    }

    @Command(name = "diff", description = "List what changed from one snapshot to another.")
    static final class Diff extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        @Parameters(index = "0", paramLabel = "ID", description = "The older snapshot.")
        private String from = "";

        @Parameters(index = "1", paramLabel = "ID", description = "The newer snapshot.")
        private String to = "";

        Diff(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            Identifiers.ID.require(from);
            Identifiers.ID.require(to);
            List<DiffEntry> kept = new ArrayList<>();
            DiffSummary summary = session.gateway().diff(from, to, entry -> {
                if (output.json()) {
                    kept.add(entry);
                } else {
                    session.out().println(sign(entry.change()) + " " + Words.clean(entry.path()));
                }
            });
            if (output.json()) {
                session.printJson(Map.of("changes", kept, "summary", summary));
            } else {
                session.err()
                        .println(summary.added() + " added, " + summary.removed() + " removed, "
                                + summary.content() + " with new content, " + summary.metadata()
                                + " with new attributes; "
                                + Words.bytes(summary.newBytes()) + " new");
            }
            return 0;
        }

        private static String sign(DiffEntry.Change change) {
            return switch (change) {
                case ADDED -> "+";
                case REMOVED -> "-";
                case CONTENT -> "M";
                case METADATA -> "a";
            };
        }
    }

    @Command(name = "delete", description = "Delete a snapshot that is held here.")
    static final class Delete extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        @Parameters(paramLabel = "ID", description = "The snapshot's id.")
        private String id = "";

        Delete(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            SnapshotView deleted = session.gateway().delete(Identifiers.ID.require(id));
            if (output.json()) {
                session.printJson(deleted);
            } else {
                session.out().println("deleted snapshot " + deleted.id() + " of " + deleted.dataset());
            }
            return 0;
        }
    }
}
