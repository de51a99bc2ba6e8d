package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.ViewJson;
import io.culvert.gateway.testing.CommandResult;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pools are damaged on the disk of a stopped gateway, each in another way. The gateway opens them all the same,
 * {@code verify} names the damage with exit code 1, what is not damaged is served, and the next replication heals the rest.
 */
final class BadPoolIT {

    private static final Random RANDOM = new Random(20_261_121);

    /** Each pool holds a snapshot of dataset {@code whole}, then one of a dataset that is called as the pool. */
    private static final Map<String, Damage> POOLS = new TreeMap<>(Map.of(
            "flipped", pool -> flip(newest(pool.resolve("containers"), ".seg"), 700_000),
            "cut", pool -> cut(newest(pool.resolve("containers"), ".seg"), 700_000),
            "gone", pool -> Files.delete(newest(pool.resolve("containers"), ".seg")),
            "index-flipped", pool -> flip(newest(pool.resolve("index"), ".run"), 100),
            "index-cut", pool -> cut(newest(pool.resolve("index"), ".run"), 50),
            "index-gone", pool -> Files.delete(newest(pool.resolve("index"), ".run")),
            "current-flipped", pool -> flip(pool.resolve("index/current"), 3),
            "record", pool -> flip(newest(pool.resolve("snapshots"), ".snap"), 40)));

    private interface Damage {
        void strike(Path pool) throws IOException;
    }

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static Path data;
    private static Map<String, String> wholes = Map.of();
    private static final Map<String, String> BROKEN = new TreeMap<>();

    @BeforeAll
    static void start() throws Exception {
        data = SITES.data("whole", "broken");
        for (String name : new String[] {"whole", "broken"}) {
            Shell.run(
                    data.resolve(name),
                    "mkdir d; seq 1000 > d/text; for i in 1 2 3 4; do head -c 400000 /dev/urandom > random$i; done");
        }
        settings();
        SITES.startAndEnrol();
        CommandResult replicated = SITES.near().run("replicate", "whole", "--wait", "--output", "json");
        wholes = Stream.of(ViewJson.MAPPER.readValue(replicated.succeeded().output(), JobView[].class))
                .collect(Collectors.toMap(JobView::pool, job -> job.snapshot().orElseThrow()));
        for (String pool : POOLS.keySet()) {
            BROKEN.put(pool, SITES.near().replicate(pool).snapshot().orElseThrow());
        }
        SITES.far().stop();
        for (Map.Entry<String, Damage> pool : POOLS.entrySet()) {
            pool.getValue().strike(SITES.directory().resolve("pools/" + pool.getKey()));
        }
        SITES.far().start();
        SITES.awaitStream();
    }

    private static String whole(String pool) {
        return Objects.requireNonNull(wholes.get(pool));
    }

    private static String broken(String pool) {
        return Objects.requireNonNull(BROKEN.get(pool));
    }

    private static void settings() throws IOException {
        StringBuilder pools = new StringBuilder();
        StringBuilder targets = new StringBuilder();
        StringBuilder datasets = new StringBuilder();
        for (String pool : POOLS.keySet()) {
            pools.append(
                    "  %s: {path: \"%s\"}\n".formatted(pool, SITES.directory().resolve("pools/" + pool)));
            targets.append("{peer: far, pool: " + pool + "}, ");
            datasets.append("  %s: {kind: tree, path: \"%s/broken\", replicateTo: [{peer: far, pool: %s}]}\n"
                    .formatted(pool, data, pool));
        }
        SITES.near()
                .settings("datasets:\n  whole: {kind: tree, path: \"%s/whole\", replicateTo: [%s]}\n%s"
                        .formatted(data, targets, datasets));
        // The pools come first: what the fixture has written before ends with those of the site.
        SITES.far().settings(pools + "grants:\n  near: {write: [" + String.join(", ", POOLS.keySet()) + "]}\n");
    }

    private static Path newest(Path directory, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }

    private static void flip(Path file, int bytesFromEnd) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - bytesFromEnd] ^= (byte) (1 << RANDOM.nextInt(8));
        Files.write(file, bytes);
    }

    private static void cut(Path file, long lastBytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - lastBytes);
        }
    }

    private static void assertRestores(String snapshot, String name) throws Exception {
        SITES.far().assertRestores(snapshot, data.resolve(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"flipped", "cut"})
    void aDamagedContainerIsNamedServesWhatItStillHasAndIsHealed(String pool) throws Exception {
        Site far = SITES.far();
        String whole = whole(pool);
        String broken = broken(pool);
        CommandResult verify = far.run("verify", "--pool", pool);
        verify.failed(1, "damaged", "replicate the datasets");
        assertThat(verify.text()).contains("0000000001.seg at ", broken).doesNotContain(whole);
        assertThat(far.logText()).contains("verify found damage").contains(broken);
        far.run("verify", broken).failed(1, "damaged");
        far.run("verify", whole).succeeded();
        assertRestores(whole, "whole");
        Path part = SITES.directory().resolve("restored-part-" + pool);
        far.run("restore", broken, "--to", part.toString()).failed(1, "holds only a part of snapshot " + broken);

        String healed = SITES.near().replicate(pool).snapshot().orElseThrow();
        far.run("verify", healed).succeeded();
        far.run("verify", broken).succeeded();
        assertRestores(healed, "broken");
        assertRestores(broken, "broken");
    }

    @Test
    void aContainerThatIsGoneIsNamedAndWhatItHeldIsSentAgain() throws Exception {
        Site far = SITES.far();
        CommandResult verify = far.run("verify", "--pool", "gone");
        verify.failed(1, "damaged");
        assertThat(verify.text()).contains("0000000001.seg", "missing", whole("gone"), broken("gone"));
        far.run("restore", broken("gone"), "--stdout").failed(1, "is not in the pool");
        String healed = SITES.near().replicate("gone").snapshot().orElseThrow();
        assertRestores(healed, "broken");
        far.run("verify", broken("gone")).succeeded();
    }

    @ParameterizedTest
    @ValueSource(strings = {"index-flipped", "index-cut", "index-gone", "current-flipped"})
    void aDamagedIndexIsBuiltAgainAndNothingIsLost(String pool) throws Exception {
        assertThat(SITES.far().run("verify", "--pool", pool).succeeded().text()).contains("intact");
        assertRestores(whole(pool), "whole");
        assertRestores(broken(pool), "broken");
        assertThat(SITES.near().replicate(pool).progress().newChunks()).isZero();
    }

    @Test
    void aDamagedSnapshotRecordIsNamedAndItsDataIsStillThere() throws Exception {
        Site far = SITES.far();
        String broken = broken("record");
        CommandResult verify = far.run("verify", "--pool", "record");
        verify.failed(1, "damaged");
        assertThat(verify.text()).contains(broken);
        far.run("restore", broken, "--stdout").failed(1, "the record of snapshot " + broken, "is damaged");
        assertRestores(whole("record"), "whole");
        JobView again = SITES.near().replicate("record");
        assertThat(again.progress().newChunks()).as("its chunks are there").isZero();
        assertRestores(again.snapshot().orElseThrow(), "broken");
    }
}
