package io.culvert.gateway.cli;

import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.client.GatewayClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts replication. */
@Command(name = "replicate", description = "Replicate a dataset now.")
final class ReplicateCommand extends SessionCommand {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(paramLabel = "DATASET", description = "The dataset's name.")
    private String dataset = "";

    @Option(names = "--to", paramLabel = "PEER", description = "Only to this peer; may be repeated.")
    private List<String> peers = List.of();

    @Option(names = "--wait", description = "Show progress and wait for the end; the exit code tells how it went.")
    private boolean wait;

    ReplicateCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        Identifiers.NAME.require(dataset);
        for (String peer : peers) {
            Identifiers.SITE.require(peer);
        }
        GatewayClient gateway = session.gateway();
        List<JobView> jobs = gateway.replicate(dataset, peers);
        if (wait) {
            return new JobWatch(session, gateway).untilEnded(jobs, output);
        }
        if (output.json()) {
            session.printJson(jobs);
            return 0;
        }
        for (JobView job : jobs) {
            session.out().println("started job " + job.id() + "; \"culvert job show " + job.id() + "\" follows it");
        }
        return 0;
    }
}
