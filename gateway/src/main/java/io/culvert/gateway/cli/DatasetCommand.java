package io.culvert.gateway.cli;

import io.culvert.gateway.admin.DatasetView;
import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.ReplicaView;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The datasets of this site. */
@Command(
        name = "dataset",
        description = "List and show the datasets of this site.",
        subcommands = {DatasetCommand.ListDatasets.class, DatasetCommand.Show.class})
final class DatasetCommand extends CommandGroup {

    @Command(name = "list", description = "List the datasets, their targets and how far those are behind.")
    static final class ListDatasets extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        ListDatasets(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            List<DatasetView> datasets = session.gateway().datasets();
            if (output.json()) {
                session.printJson(datasets);
                return 0;
            }
            Views.datasets(datasets)
                    .print(session.out(), "no datasets; name one under \"datasets:\" in " + session.siteFile());
            return 0;
        }
    }

    @Command(name = "show", description = "Show one dataset.")
    static final class Show extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        @Parameters(paramLabel = "NAME", description = "The dataset's name.")
        private String name = "";

        Show(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            DatasetView d = session.gateway().dataset(Identifiers.NAME.require(name));
            if (output.json()) {
                session.printJson(d);
                return 0;
            }
            Facts facts = new Facts()
                    .fact("dataset", d.name())
                    .fact("kind", d.kind())
                    .fact("source", d.source())
                    .fact("schedule", d.schedule().orElse("only when asked for"))
                    .fact("rpo", d.rpoSeconds().map(Words::seconds).orElse(""));
            for (ReplicaView r : d.replicas()) {
                facts.fact(
                        "replica at " + r.peer(),
                        "pool " + r.pool() + ", newest " + Words.or(r.newest()) + " of "
                                + Words.time(r.newestCreated()) + ", lag "
                                + r.lagSeconds().map(Words::seconds).orElse("-") + (r.late() ? ", late" : "")
                                + r.job().map(job -> ", job " + job).orElse(""));
            }
            facts.print(session.out());
            return 0;
        }
    }
}
