package io.culvert.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.FakeSite;
import io.culvert.gateway.cli.CommandBench.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Commands that take a backup stream in or give a snapshot out: every byte of it, or nothing that looks whole. */
final class CommandStreamsTest extends CommandFixture {

    @Test
    void ingestsEveryByteOfStandardInput() {
        Outcome outcome = bench.input(new byte[5_000_001]).run("ingest", "pgdump", "--label", "nightly");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(bench.site.ingestedBytes).isEqualTo(5_000_001);
    }

    @Test
    void storesNothingOfAnInputThatBreaks() throws InterruptedException {
        InputStream broken =
                new java.io.SequenceInputStream(new ByteArrayInputStream(new byte[300_000]), new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("tape jammed");
                    }
                });
        Outcome outcome =
                CommandBench.run(Map.of("CULVERT_CONFIG", bench.siteFile().toString()), broken, "ingest", "pgdump");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("tape jammed").contains("nothing was stored");
        assertThat(bench.site.interruptedIngest.await(10, java.util.concurrent.TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void restoresToStandardOutputAndToAFileThatAppearsWhole() throws IOException {
        assertThat(bench.run("restore", "s-1", "--stdout").bytes()).hasSize(FakeSite.RESTORE_BYTES);
        Path target = directory.resolve("out");
        assertThat(bench.run("restore", "v-1", "--to", target.toString()).code())
                .isZero();
        assertThat(target.resolve("vm-7")).hasSize(FakeSite.RESTORE_BYTES);
        assertThat(bench.run("restore", "v-1", "--to", target.toString()).code())
                .isEqualTo(3);
    }

    @Test
    void passesPathsWithoutLeadingSlash() {
        bench.run(
                "restore",
                "s-1",
                "--path",
                "/a/b/",
                "--path",
                "c",
                "--to",
                directory.resolve("o").toString());
        assertThat(bench.site.calls).contains("restore [a/b, c]");
    }

    @Test
    void keepsNothingOfAFileWhoseRestoreBreaksAndSaysWhy() {
        bench.site.restoreBreaks = true;
        Path target = directory.resolve("out");
        Outcome outcome = bench.run("restore", "v-1", "--to", target.toString());
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("chunk 00ff is damaged – “scrub” the pool");
        assertThat(target).isEmptyDirectory();
        assertThat(bench.run("restore", "s-1", "--to", directory.resolve("t").toString())
                        .err())
                .contains("holds only a part of snapshot s-1");
    }
}
