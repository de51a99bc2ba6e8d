package io.culvert.gateway.cli;

import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.JobProgress;
import io.culvert.gateway.admin.JobView;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The jobs of this site's gateway. */
@Command(
        name = "job",
        description = "List, show and cancel jobs.",
        subcommands = {JobCommand.ListJobs.class, JobCommand.Show.class, JobCommand.Cancel.class})
final class JobCommand extends CommandGroup {

    @Command(name = "list", description = "List the jobs under way and the last ones that ended.")
    static final class ListJobs extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        ListJobs(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            List<JobView> jobs = session.gateway().jobs();
            if (output.json()) {
                session.printJson(jobs);
                return 0;
            }
            Views.jobs(jobs).print(session.out(), "no jobs; \"culvert replicate DATASET\" starts one");
            return 0;
        }
    }

    @Command(name = "show", description = "Show one job.")
    static final class Show extends SessionCommand {
        /** Of the longest name of a fact, with the gap behind it. */
        private static final int NAME_COLUMNS = "acknowledged".length() + 2;

        @Mixin
        private final OutputOption output = new OutputOption();

        @Parameters(paramLabel = "ID", description = "The job's id.")
        private String id = "";

        Show(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            JobView job = session.gateway().job(Identifiers.ID.require(id));
            if (output.json()) {
                session.printJson(job);
            } else {
                facts(job).print(session.out());
            }
            return 0;
        }

        private static Facts facts(JobView j) {
            JobProgress p = j.progress();
            return new Facts()
                    .fact("job", j.id())
                    .fact("kind", j.kind())
                    .fact("dataset", j.dataset())
                    .fact("to", j.peer().map(peer -> peer + "/" + j.pool()).orElse(j.pool()))
                    .fact("state", Words.word(j.state()))
                    .fact("waiting for", j.waitingFor().orElse(""))
                    .fact("failure", j.failure().orElse(""))
                    .fact("snapshot", j.snapshot().orElse(""))
                    .fact("attempt", j.attempt() + ", tries " + j.tries() + ", fence " + Words.or(j.fence()))
                    .fact("created", Words.time(j.created()))
                    .fact("started", Words.time(j.started()))
                    .fact("ended", Words.time(j.ended()))
                    .fact(
                            "entries",
                            ofTotal(Words.count(p.entries()), p.totalEntries().map(Words::count), p.totalsExact()))
                    .fact(
                            "source",
                            ofTotal(Words.bytes(p.sourceBytes()), p.totalBytes().map(Words::bytes), p.totalsExact()))
                    .fact("read", Words.bytes(p.readBytes()))
                    .fact("chunks", Words.count(p.chunks()) + ", new " + Words.count(p.newChunks()))
                    .fact("new data", Words.bytes(p.newBytes()) + ", compressed " + Words.bytes(p.storedBytes()))
                    .fact("acknowledged", Words.bytes(p.acknowledgedBytes()))
                    .fact(
                            "wire",
                            Words.bytes(p.wireSentBytes()) + " sent, " + Words.bytes(p.wireReceivedBytes())
                                    + " received")
                    .fact("rate", j.state().hasEnded() ? "" : Words.rate(p.bytesPerSecond()))
                    .fact("at", p.current().map(Show::fitting).orElse(""));
        }

        /** At a terminal, what stays on the line behind the names of the facts. */
        private static String fitting(String entry) {
            int columns = Window.columns(Window.STANDARD_OUTPUT).orElse(Integer.MAX_VALUE);
            return Columns.tail(entry, columns - NAME_COLUMNS);
        }

        private static String ofTotal(String done, java.util.Optional<String> total, boolean exact) {
            return done + total.map(t -> " of " + (exact ? "" : "about ") + t).orElse("");
        }
    }

    @Command(name = "cancel", description = "End a job for good; no snapshot comes of it.")
    static final class Cancel extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        @Parameters(paramLabel = "ID", description = "The job's id.")
        private String id = "";

        Cancel(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            JobView job = session.gateway().cancel(Identifiers.ID.require(id));
            if (output.json()) {
                session.printJson(job);
            } else {
                session.out().println("job " + job.id() + " is " + Words.word(job.state()));
            }
            return 0;
        }
    }
}
