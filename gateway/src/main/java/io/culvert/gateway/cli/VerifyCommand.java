package io.culvert.gateway.cli;

import io.culvert.gateway.admin.DamageView;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.VerifyReport;
import io.culvert.gateway.admin.VerifyRequest;
import io.culvert.gateway.admin.client.GatewayClient;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads again and hashes again. */
@Command(
        name = "verify",
        description = "Read a snapshot, a pool or all pools again, hash every chunk again and list what is damaged.")
final class VerifyCommand extends SessionCommand {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(paramLabel = "ID", arity = "0..1", description = "A snapshot that is held here.")
    private Optional<String> id = Optional.empty();

    @Option(names = "--pool", paramLabel = "P", description = "A pool of this site.")
    private Optional<String> pool = Optional.empty();

    VerifyCommand(Session session) {
        super(session);
    }

    /** Exit code 1 if anything is damaged. */
    @Override
    public Integer call() throws Exception {
        if (id.isPresent() && pool.isPresent()) {
            throw new OperationException(FailureCategory.USAGE, "verify takes a snapshot or --pool, not both");
        }
        if (id.isPresent()) {
            Identifiers.ID.require(id.get());
        }
        if (pool.isPresent()) {
            Identifiers.NAME.require(pool.get());
        }
        VerifyReport report = verify(session.gateway());
        if (output.json()) {
            session.printJson(report);
        } else {
            print(report);
        }
        if (!report.intact()) {
            session.err()
                    .println(
                            "culvert: " + Words.count(report.damagedChunks())
                                    + " chunks are damaged; replicate the datasets that need them again, or restore them from a peer");
            return FailureCategory.FAILED.exitCode();
        }
        return 0;
    }

    private VerifyReport verify(GatewayClient gateway) throws OperationException, IOException {
        long startNanos = System.nanoTime();
        try (ProgressDisplay display = ProgressDisplay.of(session.terminal(), "verifying")) {
            return gateway.verify(new VerifyRequest(id, pool), progress -> {
                double seconds = Math.max(1e-3, (System.nanoTime() - startNanos) / 1e9);
                display.update(
                        progress.bytes(),
                        progress.totalBytes(),
                        progress.bytes() / seconds,
                        progress.damaged() == 0 ? "pool " + progress.pool() : progress.damaged() + " damaged",
                        "");
            });
        }
    }

    private void print(VerifyReport report) {
        Table table = new Table("POOL", "WHERE", "CHUNK", "WHAT", "SNAPSHOTS");
        for (DamageView d : report.damage()) {
            table.row(
                    d.pool(),
                    d.file()
                            .map(file -> file
                                    + d.offsetBytes()
                                            .map(offset -> " at " + offset)
                                            .orElse(""))
                            .orElse("-"),
                    Words.or(d.fingerprint()),
                    d.reason(),
                    Words.or(String.join(" ", d.snapshots())));
        }
        if (!table.isEmpty()) {
            table.print(session.out(), "");
        }
        session.out()
                .println((report.intact() ? "intact: " : "damaged: ") + Words.count(report.snapshots())
                        + " snapshots, " + Words.count(report.chunks()) + " chunks, " + Words.bytes(report.bytes())
                        + " in "
                        + String.format(java.util.Locale.ROOT, "%.1f s", report.seconds()));
    }
}
