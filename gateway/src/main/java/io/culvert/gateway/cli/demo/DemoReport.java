package io.culvert.gateway.cli.demo;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a run of the demo has to tell. @param difference the first one, if the restored tree is not the source */
public record DemoReport(Object json, List<String[]> rows, String checkpoints, Optional<String> difference) {
    /** Names of the columns of {@link #rows}. */
    public static final String[] HEADINGS = {
        "ROUND", "SOURCE BYTES>", "CHUNKS>", "NEW>", "WIRE BYTES>", "DEDUP>", "COMPRESSION>", "SECONDS>", "MB/s>"
    };

    public DemoReport {
        rows = List.copyOf(rows);
    }

    DemoReport(DemoResult result, Optional<String> difference) {
        this(result, rows(result), result.checkpoints(), difference);
    }

    private static List<String[]> rows(DemoResult result) {
        return Stream.iterate(0, i -> i < result.rounds().size(), i -> i + 1)
                .map(i -> row(i + 1, result.rounds().get(i)))
                .toList();
    }

    private static String[] row(int number, Round round) {
        return new String[] {
            String.valueOf(number),
            String.format(Locale.ROOT, "%,d", round.sourceBytes()),
            String.format(Locale.ROOT, "%,d", round.chunks()),
            String.format(Locale.ROOT, "%,d", round.newChunks()),
            String.format(Locale.ROOT, "%,d", round.wireBytes()),
            String.format(Locale.ROOT, "%.2f", round.dedupRatio()),
            String.format(Locale.ROOT, "%.2f", round.compressionRatio()),
            String.format(Locale.ROOT, "%.2f", round.seconds()),
            String.format(Locale.ROOT, "%.0f", round.megabytesPerSecond())
        };
    }
}
