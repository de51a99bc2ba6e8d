package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.testing.CommandResult;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TreeListing;
import io.culvert.gateway.testing.TwoSites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The pool of a stopped gateway is damaged on its disk. The gateway opens it all the same, {@code verify} names the damage
 * with exit code 1, what is not damaged is served, and the next replication heals the rest.
 */
final class BadPoolIT {

    private static final Random RANDOM = new Random(20_261_121);

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static Path data;
    private String whole = "";
    private String broken = "";

    @BeforeAll
    static void start() throws Exception {
        data = Files.createDirectories(SITES.directory().resolve("data"));
        Files.createDirectories(data.resolve("whole"));
        Files.createDirectories(data.resolve("broken"));
        SITES.near().settings("""
                datasets:
                  whole: {kind: tree, path: "%1$s/whole", replicateTo: [{peer: far, pool: main}]}
                  broken: {kind: tree, path: "%1$s/broken", replicateTo: [{peer: far, pool: main}]}
                """.formatted(data));
        SITES.far().settings("grants:\n  near: {write: [main]}\n");
        SITES.startAndEnrol();
    }

    /** Two snapshots of new data: {@code whole} lies before {@code broken} in the containers. */
    @BeforeEach
    void replicate() throws Exception {
        for (String name : new String[] {"whole", "broken"}) {
            Shell.run(
                    data.resolve(name),
                    "rm -rf *; mkdir d; seq 1000 > d/text; for i in 1 2 3 4; do"
                            + " head -c 400000 /dev/urandom > random$i; done");
        }
        whole = SITES.near().replicate("whole").snapshot().orElseThrow();
        broken = SITES.near().replicate("broken").snapshot().orElseThrow();
    }

    private interface Damage {
        void strike(Path pool) throws IOException;
    }

    private static void damage(Damage damage) throws Exception {
        SITES.far().stop();
        damage.strike(SITES.far().pool());
        SITES.far().start();
        SITES.awaitStream();
    }

    private static Path newest(Path directory, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }

    private static void flip(Path file, long offsetFromEnd) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) (bytes.length - offsetFromEnd)] ^= (byte) (1 << RANDOM.nextInt(8));
        Files.write(file, bytes);
    }

    private static void truncate(Path file, long cutBytes) throws IOException {
        try (var channel = java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - cutBytes);
        }
    }

    private static void assertRestores(String snapshot, String name) throws Exception {
        Path restored = SITES.directory().resolve("restored-" + name);
        Shell.run(SITES.directory(), "rm -rf '" + restored + "'");
        SITES.far().run("restore", snapshot, "--to", restored.toString()).succeeded();
        TreeListing.assertSame(data.resolve(name), restored);
    }

    /** After damage to the chunks of {@code broken}: named, served never, healed by the next replication. */
    private void assertNamedAndHealed(String place) throws Exception {
        Site far = SITES.far();
        CommandResult verify = far.run("verify");
        verify.failed(1, "damaged", "replicate the datasets");
        assertThat(verify.text()).contains(place, broken);
        assertThat(far.logText()).contains("verify found damage").contains(broken);
        far.run("verify", broken).failed(1, "damaged");
        far.run("verify", whole).succeeded();
        assertRestores(whole, "whole");
        Path part = SITES.directory().resolve("restored-part");
        far.run("restore", broken, "--to", part.toString()).failed(1, "holds only a part of snapshot " + broken);
        Shell.run(SITES.directory(), "rm -rf restored-part");

        String healed = SITES.near().replicate("broken").snapshot().orElseThrow();
        assertRestores(healed, "broken");
        assertRestores(broken, "broken");
        far.run("verify", healed).succeeded();
        far.run("verify", broken).succeeded();
        far.run("verify", whole).succeeded();
    }

    @Test
    void aFlippedBitInAContainerIsNamedAndHealed() throws Exception {
        damage(pool -> flip(newest(pool.resolve("containers"), ".seg"), 700_000));
        assertNamedAndHealed(".seg at ");
    }

    @Test
    void aTruncatedContainerIsNamedAndHealed() throws Exception {
        damage(pool -> truncate(newest(pool.resolve("containers"), ".seg"), 700_000));
        assertNamedAndHealed(broken);
    }

    @Test
    void aContainerThatIsGoneIsNamedAndHealed() throws Exception {
        damage(pool -> Files.delete(newest(pool.resolve("containers"), ".seg")));
        SITES.far().run("verify").failed(1, "damaged");
        SITES.far().run("verify", broken).failed(1, "damaged");
        for (String name : new String[] {"whole", "broken"}) {
            assertRestores(SITES.near().replicate(name).snapshot().orElseThrow(), name);
        }
    }

    @Test
    void anIndexThatIsFlippedTruncatedOrGoneIsBuiltAgainAndNothingIsLost() throws Exception {
        damage(pool -> flip(newest(pool.resolve("index"), ".run"), 100));
        assertWhole();
        damage(pool -> truncate(newest(pool.resolve("index"), ".run"), 50));
        assertWhole();
        damage(pool -> flip(pool.resolve("index/current"), 3));
        assertWhole();
        damage(pool -> {
            Files.delete(pool.resolve("index/current"));
            Files.delete(newest(pool.resolve("index"), ".run"));
        });
        assertWhole();
    }

    private void assertWhole() throws Exception {
        assertThat(SITES.far().run("verify", whole).succeeded().text()).contains("intact");
        SITES.far().run("verify", broken).succeeded();
        assertRestores(broken, "broken");
        assertThat(SITES.near().replicate("broken").progress().newChunks()).isZero();
    }

    @Test
    void aDamagedSnapshotFileIsNamedAndTheDataIsStillThere() throws Exception {
        Path file = SITES.far().pool().resolve("snapshots/" + broken + ".snap");
        byte[] right = Files.readAllBytes(file);
        damage(pool -> flip(file, right.length / 2));
        SITES.far().run("verify").failed(1, "damaged");
        assertThat(SITES.far().run("verify").text()).contains(broken);
        SITES.far().run("restore", broken, "--stdout").failed(1, "the record of snapshot " + broken, "is damaged");
        SITES.far().run("verify", whole).succeeded();
        assertThat(SITES.near().replicate("broken").progress().newChunks())
                .as("the chunks are there")
                .isZero();
        Files.write(file, right);
        assertRestores(broken, "broken");
    }
}
