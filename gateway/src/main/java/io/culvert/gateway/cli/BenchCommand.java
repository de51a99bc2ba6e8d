package io.culvert.gateway.cli;

import io.culvert.gateway.cli.LocalWork.BenchFigure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Measures this machine. */
@Command(name = "bench", description = "Measure chunker, fingerprint, segments and pool on this machine.")
final class BenchCommand extends SessionCommand {
    @Mixin
    private final OutputOption output = new OutputOption();

    BenchCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        List<BenchFigure> figures = new ArrayList<>();
        session.work().bench(figure -> {
            figures.add(figure);
            session.err().println(figure.name() + ": " + Words.rate(figure.bytesPerSecond()));
        });
        if (output.json()) {
            session.printJson(Map.of("figures", figures));
            return 0;
        }
        Table table = new Table("WHAT", "MB/s>", "DATA>", "SECONDS>");
        for (BenchFigure f : figures) {
            table.row(
                    f.name(),
                    String.format(Locale.ROOT, "%.0f", f.bytesPerSecond() / 1e6),
                    Words.bytes(f.bytes()),
                    String.format(Locale.ROOT, "%.2f", f.seconds()));
        }
        table.print(session.out(), "nothing was measured");
        return 0;
    }
}
