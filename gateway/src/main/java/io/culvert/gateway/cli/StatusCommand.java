package io.culvert.gateway.cli;

import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.SiteStatus;
import io.culvert.gateway.admin.client.GatewayClient;
import java.io.PrintStream;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One screen about the site. */
@Command(name = "status", description = "Print one screen: peers, streams, jobs, lag, appliances, alarms.")
final class StatusCommand extends SessionCommand {
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(names = "--watch", description = "Print it again every two seconds, until Ctrl-C.")
    private boolean watch;

    StatusCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        GatewayClient gateway = session.gateway();
        while (true) {
            SiteStatus status = gateway.status();
            if (watch && !output.json() && session.terminal().interactive()) {
                session.out().print(CLEAR_SCREEN);
            }
            print(status);
            session.out().flush();
            if (!watch || session.out().checkError()) {
                return 0;
            }
            Thread.sleep(PAUSE);
        }
    }

    private void print(SiteStatus status) throws OperationException {
        if (output.json()) {
            session.printJson(status);
            return;
        }
        PrintStream out = session.out();
        var g = status.gateway();
        out.println("site " + g.site() + "  gateway " + g.version() + "  up "
                + Words.seconds(Duration.between(g.started(), status.at()).toSeconds())
                + "  listen " + g.listen() + "  memory " + Words.bytes(g.residentBytes()));
        out.println("checkpoints " + status.checkpoints().kind() + ", "
                + Words.word(status.checkpoints().state()) + ": "
                + status.checkpoints().sentence());
        section(out, "alarms");
        status.alarms().forEach(alarm -> out.println("! " + alarm.sentence()));
        if (status.alarms().isEmpty()) {
            out.println("none");
        }
        section(out, "peers");
        Views.peers(status.peers()).print(out, "none");
        section(out, "datasets");
        Views.datasets(status.datasets()).print(out, "none");
        section(out, "jobs");
        Views.jobs(status.jobs()).print(out, "none under way");
        section(out, "pools");
        Table pools = new Table("POOL", "STATE", "USED>", "FREE>", "SNAPSHOTS>");
        status.pools()
                .forEach(p -> pools.row(
                        p.name(),
                        Words.word(p.state()),
                        Words.bytes(p.usedBytes()),
                        Words.bytes(p.freeBytes()),
                        Words.count(p.snapshots())));
        pools.print(out, "none");
        section(out, "appliances");
        ApplianceTables.lines(status.appliances()).print(out, "none");
    }

    private static void section(PrintStream out, String name) {
        out.println();
        out.println(name.toUpperCase(java.util.Locale.ROOT));
    }
}
