package io.culvert.gateway.cli;

import io.culvert.gateway.admin.AlarmView;
import io.culvert.gateway.admin.AlertChannelView;
import io.culvert.gateway.admin.AlertTestView;
import io.culvert.gateway.admin.AlertsView;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ProbeView;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What is wrong, and who is told. */
@Command(
        name = "alert",
        description = "List what is wrong now and who is told of it, and test that.",
        subcommands = {AlertCommand.ListAlarms.class, AlertCommand.Test.class})
final class AlertCommand extends CommandGroup {

    @Command(
            name = "list",
            description = {
                "List the alarms that stand, since when, and what a probe found of them.",
                "Below them the channels of \"alerts:\" in the site file: when each last took one, what waits, and why."
            })
    static final class ListAlarms extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        ListAlarms(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            AlertsView alerts = session.gateway().alerts();
            if (output.json()) {
                session.printJson(alerts);
                return 0;
            }
            PrintStream out = session.out();
            alerts.alarms().forEach(alarm -> print(alarm, out));
            if (alerts.alarms().isEmpty()) {
                out.println("nothing is wrong");
            }
            out.println();
            Table table = new Table("CHANNEL", "TO", "LAST TAKEN", "WAITING>", "DROPPED>", "FAILS SINCE", "WHY");
            for (AlertChannelView c : alerts.channels()) {
                table.row(
                        c.kind(),
                        c.target(),
                        Words.time(c.delivered()),
                        Words.count(c.waiting()),
                        Words.count(c.dropped()),
                        Words.time(c.failingSince()),
                        Words.or(c.reason()));
            }
            table.print(
                    out, "nobody is told: name a webhook, mail or syslog under \"alerts:\" in " + session.siteFile());
            return 0;
        }

        private static void print(AlarmView alarm, PrintStream out) {
            out.println("! " + alarm.sentence());
            out.println("  since " + Words.time(alarm.since()));
            alarm.probe().ifPresent(probe -> print(probe, out));
        }

        private static void print(ProbeView probe, PrintStream out) {
            out.println(
                    "  verdict " + probe.verdict() + ", layer " + probe.layer() + ", confidence " + probe.confidence());
            probe.evidence().forEach(sentence -> out.println("  evidence " + Words.clean(sentence)));
            if (!probe.ask().isEmpty()) {
                out.println("  ask " + Words.clean(probe.ask()));
            }
            probe.rule().lines().forEach(line -> out.println("  rule " + Words.clean(line)));
        }
    }

    @Command(
            name = "test",
            description = {
                "Send an alert that says that nothing is wrong by every channel of the site file, and say what came of it.",
                "The exit code is 0 if all of them took it, 1 if one did not."
            })
    static final class Test extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        Test(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            List<AlertTestView> tested = session.gateway().testAlerts();
            if (output.json()) {
                session.printJson(tested);
            } else {
                Table table = new Table("CHANNEL", "TO", "TAKEN", "SECONDS>", "WHY");
                for (AlertTestView t : tested) {
                    table.row(
                            t.kind(),
                            t.target(),
                            t.taken() ? "yes" : "no",
                            String.format(java.util.Locale.ROOT, "%.2f", t.seconds()),
                            Words.or(t.reason()));
                }
                table.print(session.out(), "no channels");
            }
            List<String> failed = tested.stream()
                    .filter(test -> !test.taken())
                    .map(AlertTestView::kind)
                    .toList();
            if (!failed.isEmpty()) {
                throw new OperationException(
                        FailureCategory.FAILED,
                        "the test was not taken by " + String.join(", ", failed)
                                + ": see why above, mend it, and reload the gateway if the site file changes");
            }
            return 0;
        }
    }
}
