package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.RestoreRequest;
import io.culvert.gateway.admin.SnapshotView;
import io.culvert.gateway.admin.client.GatewayClient;
import io.culvert.gateway.cli.LocalWork.RestoreSummary;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Restores a snapshot with the rights of the user who runs it.
 *
 * <p>The gateway only reads: this process writes. A tree goes into a directory that is new or empty; a volume or backup
 * stream becomes a file there that has its name only when it is whole.
 */
@Command(
        name = "restore",
        description =
                "Restore a snapshot, whole or some paths of it: to a directory, or to standard output (a tree as a"
                        + " pax tar, a volume or backup stream as its bytes).")
final class RestoreCommand extends SessionCommand {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(paramLabel = "ID", description = "The snapshot's id.")
    private String id = "";

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // set by picocli before the command runs
    private Target target;

    @Option(names = "--path", paramLabel = "P", description = "Only this path below the root; may be repeated.")
    private List<String> paths = List.of();

    @Option(names = "--peer", paramLabel = "P", description = "Read it from this peer.")
    private Optional<String> peer = Optional.empty();

    private boolean waiting;

    /** Exactly one of them. */
    static final class Target {
        @Option(names = "--to", required = true, paramLabel = "DIR", description = "A directory, new or empty.")
        private @Nullable Path directory;

        @Option(names = "--stdout", required = true, description = "Write to standard output.")
        private boolean stdout;
    }

    RestoreCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        if (peer.isPresent()) {
            Identifiers.SITE.require(peer.get());
        }
        if (target.stdout && output.json()) {
            throw new OperationException(
                    FailureCategory.USAGE, "--stdout writes the data there; --output json needs --to DIR");
        }
        GatewayClient gateway = session.gateway();
        SnapshotView snapshot = find(gateway, Identifiers.ID.require(id));
        boolean tree = snapshot.kind().equals("tree");
        if (!tree && !paths.isEmpty()) {
            throw new OperationException(
                    FailureCategory.USAGE, "--path belongs to trees; snapshot " + id + " is a " + snapshot.kind());
        }
        RestoreRequest request = new RestoreRequest(
                id, peer, paths.stream().map(RestoreCommand::relative).toList());
        Path directory = target.directory;
        if (directory == null) {
            return report(toStdout(gateway, request, tree), "standard output");
        }
        Path absolute = directory.toAbsolutePath().normalize();
        requireEmpty(absolute);
        RestoreSummary summary =
                tree ? toTree(gateway, request, absolute) : toFile(gateway, request, absolute, snapshot);
        return report(summary, absolute.toString());
    }

    private SnapshotView find(GatewayClient gateway, String wanted) throws OperationException {
        if (peer.isEmpty()) {
            return gateway.snapshot(wanted);
        }
        return gateway.snapshots(Optional.empty(), peer).stream()
                .filter(snapshot -> snapshot.id().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new OperationException(
                        FailureCategory.NOT_FOUND,
                        peer.get() + " holds no snapshot " + wanted + "; \"culvert snapshot list --peer " + peer.get()
                                + "\" lists what it holds"));
    }

    private RestoreSummary toStdout(GatewayClient gateway, RestoreRequest request, boolean tree)
            throws OperationException, IOException {
        try (InputStream in = open(gateway, request)) {
            return tree
                    ? session.work().restoreTar(in, session.out(), this::waiting)
                    : session.work().restoreBytes(in, session.terminal().bytes(), this::waiting);
        }
    }

    private RestoreSummary toTree(GatewayClient gateway, RestoreRequest request, Path directory)
            throws OperationException, IOException {
        if (directory.getParent() != null) {
            Files.createDirectories(directory.getParent());
        }
        String partial = directory + " holds only a part of snapshot " + id + ": remove it and restore again";
        try (Farewell farewell = Farewell.print(session.err(), "interrupted; " + partial);
                InputStream in = open(gateway, request)) {
            return session.work().restoreTree(in, directory, this::waiting);
        } catch (IOException e) {
            throw new OperationException(RestoreFailures.category(e), RestoreFailures.sentence(e) + "; " + partial, e);
        }
    }

    private RestoreSummary toFile(GatewayClient gateway, RestoreRequest request, Path directory, SnapshotView snapshot)
            throws OperationException, IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(snapshot.dataset());
        Path draft = directory.resolve("." + snapshot.dataset() + ".partial");
        RestoreSummary summary;
        try (Farewell farewell = Farewell.print(session.err(), "interrupted; " + draft + " holds only a part");
                InputStream in = open(gateway, request);
                FileOutputStream out = new FileOutputStream(draft.toFile())) {
            summary = session.work().restoreBytes(in, out, this::waiting);
            out.getFD().sync();
        } catch (IOException e) {
            Files.deleteIfExists(draft);
            throw new OperationException(
                    RestoreFailures.category(e), RestoreFailures.sentence(e) + "; nothing was left in " + directory, e);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        return summary;
    }

    /** Says once why nothing comes. */
    private void waiting(String why) {
        if (!waiting) {
            waiting = true;
            session.err().println("waiting: " + why);
        }
    }

    private InputStream open(GatewayClient gateway, RestoreRequest request) throws OperationException {
        InputStream stream = gateway.openRestore(request);
        if (!session.terminal().interactive()) {
            return stream;
        }
        ProgressDisplay display = ProgressDisplay.of(session.terminal(), "restoring");
        return new CountedInput(
                stream,
                System::nanoTime,
                (done, rate) -> display.update(done, Optional.empty(), rate, "", ""),
                display::close);
    }

    private int report(RestoreSummary summary, String where) throws OperationException {
        if (output.json()) {
            session.printJson(summary);
        } else {
            session.err()
                    .println("restored snapshot " + id + " to " + where + ": " + Words.count(summary.entries())
                            + " entries, " + Words.bytes(summary.bytes()));
        }
        summary.notes().forEach(note -> session.err().println("culvert: " + note));
        if (summary.noteCount() > summary.notes().size()) {
            session.err()
                    .println("culvert: and "
                            + Words.count(summary.noteCount() - summary.notes().size()) + " more");
        }
        return 0;
    }

    private static String relative(String path) {
        return path.replaceAll("^(\\./|/)+", "").replaceAll("/+$", "");
    }

    private static void requireEmpty(Path directory) throws OperationException, IOException {
        if (!Files.exists(directory)) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new FileAlreadyExistsException(directory.toString(), null, "is not a directory");
        }
        try (Stream<Path> children = Files.list(directory)) {
            if (children.findAny().isPresent()) {
                throw new OperationException(
                        FailureCategory.REFUSED,
                        directory
                                + " is not empty; restore into a new directory, so that nothing there is mixed or lost");
            }
        }
    }
}
