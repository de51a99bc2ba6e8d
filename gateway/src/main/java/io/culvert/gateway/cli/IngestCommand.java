package io.culvert.gateway.cli;

import io.culvert.gateway.admin.DatasetView;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.IngestResult;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.client.GatewayClient;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes in a backup stream. */
@Command(
        name = "ingest",
        description = "Store a backup stream from standard input as a snapshot, then replicate it.",
        footer = "Such as: pg_dumpall | culvert ingest pgdump --label nightly")
final class IngestCommand extends SessionCommand {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(paramLabel = "DATASET", description = "A dataset of kind stream.")
    private String dataset = "";

    @Option(names = "--label", paramLabel = "L", description = "A word for people, kept with the snapshot.")
    private String label = "";

    IngestCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        Identifiers.LABEL.require(label);
        GatewayClient gateway = session.gateway();
        DatasetView view = gateway.dataset(Identifiers.NAME.require(dataset));
        if (!view.kind().equals("stream")) {
            throw new OperationException(
                    FailureCategory.USAGE,
                    dataset + " is a " + view.kind()
                            + " dataset, which the gateway reads itself: use \"culvert replicate " + dataset + "\"");
        }
        IngestResult result = ingest(gateway);
        if (output.json()) {
            session.printJson(result);
            return 0;
        }
        session.out()
                .println("snapshot " + result.snapshot().id() + ": "
                        + Words.bytes(result.snapshot().sourceBytes()));
        result.jobs().forEach(job -> session.out().println("started job " + job.id() + " to " + Words.or(job.peer())));
        return 0;
    }

    private IngestResult ingest(GatewayClient gateway) throws OperationException {
        try (Farewell farewell = Farewell.print(session.err(), "interrupted; nothing was stored of this stream");
                ProgressDisplay display = ProgressDisplay.of(session.terminal(), dataset)) {
            var counted = new CountedInput(
                    session.terminal().input(),
                    System::nanoTime,
                    (done, rate) -> display.update(done, Optional.empty(), rate, "storing", ""),
                    () -> {});
            return gateway.ingest(dataset, label, counted);
        }
    }
}
