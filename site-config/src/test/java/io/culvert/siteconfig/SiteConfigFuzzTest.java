package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Damaged samples either load or are refused with places inside the file, and nothing else happens. */
final class SiteConfigFuzzTest {
    private static final int SEEDS = Integer.getInteger("culvert.fuzz.seeds", 6_000);
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            ": ",
            "- ",
            "\n",
            "  ",
            "\t",
            "#",
            "'",
            "\"",
            "&a ",
            "*a",
            "!!str ",
            "? ",
            "|\n",
            ">\n",
            "---\n",
            "...\n",
            "%YAML 1.1\n",
            "<<: *a",
            "null",
            "~",
            "true",
            "no",
            "0x10",
            "0o7",
            "1e9",
            ".nan",
            "-1",
            "99999999999999999999",
            "07",
            "\u0000",
            "\uFEFF",
            "\u2028",
            "한",
            "𝄞",
            "none",
            "* * * * *",
            "1-2/3 * * * *",
            "L * ? * 5#3",
            "24:00",
            "fri-mon",
            "300s",
            "1.5TiB",
            "200Mbit/s",
            "[::]:1",
            "::1",
            "https://a:1/?key=b",
            "/a/../b",
            "~/x",
            "{}",
            "[]",
            "[[]]",
            "\"\"",
            "\\",
            "*.tmp",
            "[a-",
            "/",
            "..",
            "many",
            "stream",
            "volume");

    private final SiteSchema schema = new SiteSchema();

    @Test
    void refusesOrLoadsWhateverBecomesOfTheSamples() throws Exception {
        List<byte[]> samples = samples();
        int loaded = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            byte[] damaged = samples.get(random.nextInt(samples.size())).clone();
            int changes = 1 + random.nextInt(3);
            for (int i = 0; i < changes; i++) {
                damaged = damage(damaged, random);
            }
            loaded += check(seed, damaged) ? 1 : 0;
        }
        assertThat(loaded).as("mutations that still load").isBetween(SEEDS / 100, SEEDS);
    }

    private boolean check(int seed, byte[] damaged) {
        try {
            SiteConfigLoader.parse(Path.of("site.yaml"), damaged);
            assertThat(schema.refusals(withoutMark(damaged)))
                    .as("seed %d: the schema takes what loads", seed)
                    .isEmpty();
            return true;
        } catch (ConfigException e) {
            long lines = new String(damaged, StandardCharsets.UTF_8)
                            .chars()
                            .filter(c -> c == '\n' || c == '\r')
                            .count()
                    + 1;
            assertThat(e.problems()).as("seed %d", seed).isNotEmpty().allSatisfy(problem -> {
                assertThat((long) problem.position().line()).isBetween(1L, lines + 1);
                assertThat(problem.sentence()).isNotBlank().isNotEqualTo("null").doesNotContain("\n", "Exception");
            });
            assertThat(e.problems())
                    .extracting(Problem::position)
                    .as("seed %d", seed)
                    .isSorted();
            return false;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(
                    "seed " + seed + " breaks the loader with\n" + new String(damaged, StandardCharsets.UTF_8), e);
        }
    }

    private static String withoutMark(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static byte[] damage(byte[] from, Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> flipped(from, random);
            case 1 -> replaced(from, random, 0, piece(random));
            case 2 -> replaced(from, random, 1 + random.nextInt(8), new byte[0]);
            case 3 -> replaced(from, random, 1 + random.nextInt(8), piece(random));
            case 4 -> Arrays.copyOf(from, random.nextInt(from.length + 1));
            case 5 -> wordReplaced(from, random);
            case 6 -> wordReplaced(from, random);
            default -> linesChanged(from, random);
        };
    }

    private static byte[] piece(Random random) {
        return PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] flipped(byte[] from, Random random) {
        if (from.length > 0) {
            from[random.nextInt(from.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return from;
    }

    private static byte[] replaced(byte[] from, Random random, int length, byte[] by) {
        int at = random.nextInt(from.length + 1);
        int end = Math.min(from.length, at + length);
        byte[] to = new byte[at + by.length + from.length - end];
        System.arraycopy(from, 0, to, 0, at);
        System.arraycopy(by, 0, to, at, by.length);
        System.arraycopy(from, end, to, at + by.length, from.length - end);
        return to;
    }

    /** Replaces a value or a key whole, which keeps the file YAML more often than not. */
    private static byte[] wordReplaced(byte[] from, Random random) {
        String[] parts = new String(from, StandardCharsets.ISO_8859_1).split("(?<=[ \\[{,:])|(?=[ \\]},:\\n])", -1);
        int at = random.nextInt(parts.length);
        parts[at] = random.nextBoolean()
                ? new String(piece(random), StandardCharsets.ISO_8859_1)
                : parts[random.nextInt(parts.length)];
        return String.join("", parts).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] linesChanged(byte[] from, Random random) {
        List<String> lines = new ArrayList<>(
                new String(from, StandardCharsets.ISO_8859_1).lines().toList());
        if (!lines.isEmpty()) {
            String line = lines.get(random.nextInt(lines.size()));
            int at = random.nextInt(lines.size());
            switch (random.nextInt(3)) {
                case 0 -> lines.remove(at);
                case 1 -> lines.add(at, line);
                default -> lines.set(at, "  " + line);
            }
        }
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<byte[]> samples() throws IOException {
        List<byte[]> contents = new ArrayList<>();
        for (Path sample : Samples.in(Samples.DIRECTORY)) {
            contents.add(Files.readAllBytes(sample));
        }
        for (Path sample : Samples.in(Samples.INVALID)) {
            contents.add(Files.readAllBytes(sample));
        }
        return contents;
    }
}
