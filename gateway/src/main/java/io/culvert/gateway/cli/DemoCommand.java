package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.cli.demo.Demo;
import io.culvert.gateway.cli.demo.DemoReport;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows it all on this machine. */
@Command(
        name = "demo",
        description =
                "Start two sites here, replicate real data, change some, replicate again, restore, compare every byte.")
final class DemoCommand extends SessionCommand implements Demo.Audience {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "What is replicated; it is copied, not changed. Else the home of the running JDK.")
    private Path data = Path.of(System.getProperty("java.home"));

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "The demo's own folder, new or empty, emptied at the end. Else a temporary one.")
    private Optional<Path> folder = Optional.empty();

    @Option(names = "--stay", description = "Print both console addresses and serve until Ctrl-C.")
    private boolean stay;

    private boolean identical;

    DemoCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        new Demo(session.terminal(), session.work()).run(data, folder, this);
        return identical ? 0 : FailureCategory.FAILED.exitCode();
    }

    @Override
    public void result(DemoReport report) throws OperationException {
        identical = report.difference().isEmpty();
        if (output.json()) {
            session.printJson(report.json());
        } else {
            Table table = new Table(DemoReport.HEADINGS);
            report.rows().forEach(table::row);
            table.print(session.out(), "");
            session.out()
                    .println((identical
                                    ? "identical: every byte at the far site is as in the source"
                                    : "DIFFERENT: " + report.difference().orElse(""))
                            + "; checkpoints: " + report.checkpoints());
        }
        session.out().flush();
        report.difference()
                .ifPresent(difference ->
                        session.err().println("culvert: what was restored is not what was replicated: " + difference));
    }

    @Override
    public void stay(List<Demo.Console> consoles) throws OperationException, InterruptedException {
        if (!stay) {
            return;
        }
        PrintStream err = session.err();
        for (Demo.Console console : consoles) {
            err.println("sign in at " + console.site() + ", once and within five minutes: " + console.link());
            err.println("  another link: culvert --config " + console.siteFile() + " console");
        }
        err.println("serving until Ctrl-C: "
                + consoles.stream().map(Demo.Console::address).collect(Collectors.joining(" and ")));
        new CountDownLatch(1).await();
    }
}
