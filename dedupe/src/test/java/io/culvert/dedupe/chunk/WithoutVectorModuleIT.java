package io.culvert.dedupe.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A JVM that was started without the incubator's vector module computes the same. */
final class WithoutVectorModuleIT {

    @Test
    void cutsAndHashesAlike() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        WithoutVectorModuleIT.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).isZero();
        assertThat(printed)
                .isEqualTo(
                        "false\n" + describe(new VectorChunker(ChunkSizes.TREE), new Blake3(new VectorCompressor())));
    }

    /** What the child runs. */
    public static void main(String[] arguments) {
        System.out.print(VectorUnit.isUsable() + "\n" + describe(Chunker.of(ChunkSizes.TREE), Fingerprinter.fastest()));
    }

    private static String describe(Chunker chunker, Fingerprinter fingerprinter) {
        byte[] data = new byte[300_000];
        new Random(3).nextBytes(data);
        StringBuilder description = new StringBuilder();
        int from = 0;
        while (from < data.length) {
            int end = chunker.cut(data, from, data.length);
            description
                    .append(fingerprinter.of(data, from, end - from).hex())
                    .append(' ')
                    .append(end)
                    .append('\n');
            from = end;
        }
        return description.toString();
    }
}
