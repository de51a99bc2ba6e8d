package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A dataset moves from one pool of a real gateway to another, which is killed in the middle, and by two commands at once. */
@Timeout(240)
final class PoolMoveIT {

    private static final Redirect NOTHING = Redirect.from(new File("/dev/null"));
    private static final int BYTES = 24 << 20;

    /** The first line goes on with the pools that every site file of the tests begins. */
    private static final String SETTINGS = "  vault: {path: \"%s\"}\n" + """
            datasets:
              dump: {kind: stream, pool: %s, replicateTo: []}
            """;

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private final Site site = SITES.near();
    private final List<byte[]> streams = new ArrayList<>();

    private void takenInto(String pool) throws IOException {
        site.settings(SETTINGS.formatted(site.directory().resolve("vault"), pool));
    }

    private void ingest() {
        byte[] bytes = new byte[BYTES];
        new Random(streams.size()).nextBytes(bytes);
        streams.add(bytes);
        site.run(new ByteArrayInputStream(bytes), "ingest", "dump").succeeded();
    }

    private List<String> pools() throws IOException {
        List<String> pools = new ArrayList<>();
        for (JsonNode one : site.run("snapshot", "list", "--dataset", "dump", "--output", "json")
                .succeeded()
                .json()) {
            pools.add(one.path("pool").asText());
        }
        return pools;
    }

    private long vaultBytes() throws IOException {
        return site.run("pool", "show", "vault", "--output", "json")
                .succeeded()
                .json()
                .path("rawBytes")
                .asLong();
    }

    @Test
    void aDatasetMovesWhateverIsKilledInTheMiddle() throws Exception {
        takenInto("main");
        site.start();
        ingest();
        ingest();
        site.run("pool", "move", "dump", "--to", "vault")
                .failed(3, "takes dataset dump into pool main", "write pool: vault there first", "systemctl reload");
        takenInto("vault");
        site.reload();
        site.run("pool", "move", "dump", "--to", "nowhere").failed(1, "there is no pool \"nowhere\"");
        site.run("pool", "move", "nothing", "--to", "vault")
                .failed(1, "no pool of this site holds a snapshot of dataset nothing");

        Path messages = site.directory().resolve("move.err");
        Process move = site.begin(NOTHING, messages, "pool", "move", "dump", "--to", "vault");
        Await.until("a part of it is there", Site.PATIENCE, () -> vaultBytes() > 1 << 20);
        site.kill();
        site.start();
        assertThat(move.waitFor()).as("who waited is told that the job is gone").isOne();
        assertThat(pools()).as("each snapshot is somewhere").hasSizeGreaterThanOrEqualTo(2);

        Process first = site.begin(NOTHING, messages, "pool", "move", "dump", "--to", "vault");
        site.run("pool", "move", "dump", "--to", "vault").succeeded();
        assertThat(first.waitFor()).isZero();

        assertThat(pools()).containsExactly("vault", "vault");
        for (JsonNode one : site.run("snapshot", "list", "--dataset", "dump", "--output", "json")
                .succeeded()
                .json()) {
            byte[] restored = site.run("restore", one.path("id").asText(), "--stdout")
                    .succeeded()
                    .output();
            assertThat(streams.stream().anyMatch(stream -> Arrays.equals(stream, restored)))
                    .as("what is restored is what was taken in")
                    .isTrue();
        }
        assertThat(site.run("verify", "--pool", "vault").succeeded().text()).contains("intact");
        assertThat(Files.readString(messages)).doesNotContain("Exception");
        ingest();
        assertThat(pools()).containsExactly("vault", "vault", "vault");
    }
}
