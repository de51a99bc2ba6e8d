package io.culvert.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProgressBarDisplayTest {

    private static final String LONG = "a/very/long/way/down/the/tree/".repeat(20) + "금융/장부 2026.xlsx";

    /** The last picture of the bar, drawn when it is closed. */
    private static String drawn(int columns, String current) {
        var out = new ByteArrayOutputStream();
        try (var display =
                new ProgressBarDisplay(new PrintStream(out, true, StandardCharsets.UTF_8), "finance", () -> columns)) {
            display.update(50 << 20, Optional.of(100L << 20), 12e6, "sending", current);
        }
        List<String> frames = Arrays.stream(out.toString(StandardCharsets.UTF_8).split("[\r\n]"))
                .filter(frame -> !frame.isBlank())
                .toList();
        assertThat(frames).allSatisfy(frame -> assertThat(Columns.of(frame)).isLessThan(columns));
        return frames.isEmpty() ? "" : frames.getLast().strip();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 20, 79, 80, 100, 132, 300})
    void isNeverWiderThanItsTerminalWhateverTheName(int columns) {
        assertThat(drawn(columns, "").length()).isLessThan(columns);
        assertThat(drawn(columns, LONG).length()).isLessThan(columns);
    }

    @Test
    void showsTheEndOfALongNameAndAllOfAShortOne() {
        assertThat(drawn(132, LONG)).contains("50%", "11.4 MiB/s sending …").endsWith("금융/장부 2026.xlsx");
        assertThat(drawn(132, "a/b.txt")).endsWith("sending a/b.txt");
    }

    @Test
    void aNarrowTerminalKeepsTheBarAndLeavesTheNameOut() {
        assertThat(drawn(80, LONG)).contains("50%").doesNotContain("…", "xlsx");
    }

    @Test
    void lettersAreCountedAsTheTerminalDrawsThem() {
        assertThat(Columns.of("abc")).isEqualTo(3);
        assertThat(Columns.of("장부")).isEqualTo(4);
        assertThat(Columns.of("\u1112\u1161\u11ab"))
                .as("one syllable in three letters")
                .isEqualTo(2);
        assertThat(Columns.of("e\u0301")).isEqualTo(1);
        assertThat(Columns.tail("장부.txt", 8)).isEqualTo("장부.txt");
        assertThat(Columns.tail("장부.txt", 7)).isEqualTo("…부.txt");
        assertThat(Columns.tail("장부.txt", 6)).isEqualTo("….txt");
        assertThat(Columns.tail("장부", 1)).isEmpty();
        assertThat(Columns.tail("장부", -5)).isEmpty();
    }
}
