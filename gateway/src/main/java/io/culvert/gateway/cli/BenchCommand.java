package io.culvert.gateway.cli;

import io.culvert.gateway.cli.LocalWork.BenchFigure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Measures this machine. */
@Command(name = "bench", description = "Measure chunker, fingerprint, segments, pool and stream on this machine.")
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
            session.err().println(figure.name() + ": " + words(figure));
        });
        if (output.json()) {
            session.printJson(Map.of("figures", figures));
            return 0;
        }
        Table table = new Table("WHAT", "MB/s>", "DATA>", "SECONDS>", "P50 ms>", "P99 ms>");
        figures.forEach(figure -> row(table, figure));
        table.print(session.out(), "nothing was measured");
        return 0;
    }

    private static String words(BenchFigure figure) {
        return switch (figure) {
            case BenchFigure.Rate rate -> Words.rate(rate.bytesPerSecond());
            case BenchFigure.RoundTrip trip ->
                "p50 " + fraction(trip.p50Millis()) + " ms, p99 " + fraction(trip.p99Millis()) + " ms";
        };
    }

    private static void row(Table table, BenchFigure figure) {
        switch (figure) {
            case BenchFigure.Rate rate ->
                table.row(
                        rate.name(),
                        String.format(Locale.ROOT, "%.0f", rate.bytesPerSecond() / 1e6),
                        Words.bytes(rate.bytes()),
                        fraction(rate.seconds()),
                        "-",
                        "-");
            case BenchFigure.RoundTrip trip ->
                table.row(trip.name(), "-", "-", "-", fraction(trip.p50Millis()), fraction(trip.p99Millis()));
        }
    }

    private static String fraction(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
