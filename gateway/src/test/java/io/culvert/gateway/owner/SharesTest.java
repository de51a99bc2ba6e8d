package io.culvert.gateway.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SharesTest {

    @TempDir
    Path directory;

    private List<List<String>> shares(String yaml, String... peers) throws Exception {
        return divided(yaml, peers).stream()
                .map(share -> share.things().stream().map(Thing::id).toList())
                .toList();
    }

    private List<Share> divided(String yaml, String... peers) throws Exception {
        Path file = directory.resolve("site.yaml");
        Files.writeString(file, "site: seoul\nstateDir: " + directory + "\n" + yaml);
        SiteConfig config = SiteConfigLoader.load(file);
        return Shares.of(config, Set.of(peers));
    }

    @Test
    void whatNothingTiesTogetherIsApart() throws Exception {
        assertThat(shares("pools: {a: {path: /p/a}, b: {path: /p/b}}\n", "busan"))
                .containsExactly(List.of("+peer/busan"), List.of("+pool/a"), List.of("+pool/b"));
    }

    @Test
    void whatAPeerWritesToOrReadsFromMayBeElsewhere() throws Exception {
        assertThat(shares(
                        "pools: {a: {path: /p/a}, b: {path: /p/b}}\ngrants: {busan: {write: [b], read: [data]}}\n"
                                + "datasets: {data: {kind: tree, path: /d, replicateTo: [{peer: busan, pool: x}]}}\n",
                        "busan"))
                .containsExactly(List.of("+peer/busan"), List.of("+pool/a"), List.of("+pool/b"));
    }

    @Test
    void aVirtualAddressIsWhereTheStreamToItsPeerIs() throws Exception {
        assertThat(shares(
                        "appliances: {dd: {kind: datadomain, peer: busan, address: 10.9.0.1}, here: {kind: nfs, target: nas}}\n",
                        "busan"))
                .containsExactly(List.of("+peer/busan", "+appliance/dd"));
        assertThat(shares("appliances: {dd: {kind: datadomain, peer: busan, address: 10.9.0.1}}\n"))
                .as("of a peer that is not enrolled yet")
                .containsExactly(List.of("+appliance/dd"));
    }

    @Test
    void aTreeWishesForItsSourceWhereTheStreamIs() throws Exception {
        List<Share> shares = divided(
                "pools: {a: {path: /p/a}}\ndatasets:\n"
                        + "  dump: {kind: stream, pool: a, replicateTo: [{peer: busan, pool: x}]}\n"
                        + "  data: {kind: tree, path: /d, replicateTo: [{peer: busan, pool: x}]}\n",
                "busan");
        assertThat(shares).hasSize(2).first().satisfies(share -> {
            assertThat(share.things()).extracting(Thing::id).containsExactly("+peer/busan");
            assertThat(share.sources()).containsExactly("data");
        });
    }
}
