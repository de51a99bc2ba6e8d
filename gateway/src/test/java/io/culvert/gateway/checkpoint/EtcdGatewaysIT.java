package io.culvert.gateway.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.checkpoint.GatewayRegister.Overview;
import io.culvert.gateway.checkpoint.GatewayRegister.Shown;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.Waiting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What gateways of a site show each other, in a real etcd; each test has a prefix of its own. */
@Waiting
@Timeout(120)
final class EtcdGatewaysIT {

    private static final EtcdSettings.Timing QUICK =
            new EtcdSettings.Timing(Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofSeconds(3));

    @TempDir
    static Path directory;

    private static EtcdCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = EtcdCluster.start(directory, 1);
    }

    @AfterAll
    static void end() throws Exception {
        cluster.close();
    }

    private static EtcdCheckpointStore open(String prefix, int number) throws Exception {
        return EtcdCheckpointStore.open(
                new EtcdSettings(cluster.endpoints(), null, prefix, "seoul", "seoul/" + number, QUICK),
                InstantSource.system());
    }

    private static GatewayRecord record(int number, GatewayRecord.Mode mode) {
        return new GatewayRecord(
                number,
                "host" + number,
                "gw" + number + ":8443",
                mode,
                List.of("+pool/main"),
                Instant.EPOCH,
                Instant.EPOCH.plusSeconds(number),
                List.of(new GatewayRecord.Ailment("+pool/old", number == 1, Instant.EPOCH, "its disk is gone")));
    }

    @Test
    void gatewaysSeeEachOtherAndWhoOwnsWhat() throws Exception {
        try (EtcdCheckpointStore one = open("/see", 1);
                EtcdCheckpointStore two = open("/see", 2)) {
            one.gateways().show(record(1, GatewayRecord.Mode.SERVING));
            two.gateways().show(record(2, GatewayRecord.Mode.DRAINING));
            two.gateways().show(record(2, GatewayRecord.Mode.SERVING));
            Ownership pool = two.claim("+pool/main", Samples.DEAF);
            two.claim("a-job", Samples.DEAF);

            Overview seen = one.gateways().overview();

            assertThat(seen.gateways())
                    .containsExactly(
                            new Shown(record(1, GatewayRecord.Mode.SERVING), true),
                            new Shown(record(2, GatewayRecord.Mode.SERVING), true));
            assertThat(seen.owners()).containsOnlyKeys("+pool/main");
            assertThat(seen.owners().values()).extracting(Owner::gateway).containsExactly("seoul/2");
            assertThat(two.isOwned(pool)).isTrue();
            two.release(pool);
            assertThat(two.isOwned(pool)).isFalse();
            assertThat(one.gateways().overview().owners()).isEmpty();
        }
    }

    @Test
    void oneThatIsGoneIsSeenWithItsLeaseAndItsThingsAreFree() throws Exception {
        try (EtcdCheckpointStore one = open("/gone", 1)) {
            EtcdCheckpointStore two = open("/gone", 2);
            two.gateways().show(record(2, GatewayRecord.Mode.SERVING));
            two.claim("+pool/main", Samples.DEAF);
            two.close(); // gives its lease back
            Await.until(
                    "it is not live",
                    Duration.ofSeconds(20),
                    () -> !one.gateways().overview().gateways().getFirst().live());
            assertThat(one.gateways().overview().owners()).isEmpty();
            one.claim("+pool/main", Samples.DEAF);
        }
    }

    @Test
    void aSecondProcessOfOneNumberIsRefusedItAsLongAsTheFirstLives() throws Exception {
        try (EtcdCheckpointStore one = open("/copy", 1);
                EtcdCheckpointStore copy = open("/copy", 1)) {
            one.gateways().show(record(1, GatewayRecord.Mode.SERVING));
            assertThatThrownBy(() -> copy.gateways().show(record(1, GatewayRecord.Mode.SERVING)))
                    .isInstanceOf(NameTakenException.class)
                    .hasMessageContaining("another process is gateway 1 of this site");
            one.close();
            Await.until("the number is free", Duration.ofSeconds(20), () -> shows(copy));
        }
    }

    private static boolean shows(EtcdCheckpointStore store) throws Exception {
        try {
            store.gateways().show(record(1, GatewayRecord.Mode.SERVING));
            return true;
        } catch (NameTakenException e) {
            return false;
        }
    }

    @Test
    void oneThatRunsIsNotRemovedAndOneThatWasDoesNotComeBack() throws Exception {
        try (EtcdCheckpointStore one = open("/remove", 1)) {
            EtcdCheckpointStore two = open("/remove", 2);
            two.gateways().show(record(2, GatewayRecord.Mode.SERVING));
            assertThat(one.gateways().remove(2)).isFalse();
            two.close();
            Await.until(
                    "it can be removed",
                    Duration.ofSeconds(20),
                    () -> one.gateways().remove(2));
            assertThat(one.gateways().overview().gateways())
                    .extracting(shown -> shown.record().mode())
                    .containsExactly(GatewayRecord.Mode.REMOVED);
            try (EtcdCheckpointStore again = open("/remove", 2)) {
                assertThatThrownBy(() -> again.gateways().show(record(2, GatewayRecord.Mode.SERVING)))
                        .isInstanceOf(NameTakenException.class)
                        .hasMessageContaining("was removed from this site");
            }
        }
    }

    @Test
    void aNumberIsGivenAwayOnce() throws Exception {
        try (EtcdCheckpointStore one = open("/invite", 1)) {
            assertThat(one.gateways().invite(2, Instant.EPOCH)).isTrue();
            assertThat(one.gateways().invite(2, Instant.EPOCH.plusSeconds(9))).isFalse();
            try (EtcdCheckpointStore two = open("/invite", 2)) {
                two.gateways().show(record(2, GatewayRecord.Mode.SERVING));
                assertThat(one.gateways().overview().gateways())
                        .containsExactly(new Shown(record(2, GatewayRecord.Mode.SERVING), true));
            }
        }
    }

    @Test
    void notesAreReadByKindAndTheLastOneStays() throws Exception {
        try (EtcdCheckpointStore one = open("/notes", 1)) {
            one.gateways().note("peer/busan", "old".getBytes(StandardCharsets.US_ASCII));
            one.gateways().note("peer/busan", "new".getBytes(StandardCharsets.US_ASCII));
            one.gateways().note("pool/main", new byte[] {1});
            Map<String, byte[]> peers = one.gateways().notes("peer/");
            assertThat(peers).containsOnlyKeys("peer/busan");
            assertThat(peers.get("peer/busan")).isEqualTo("new".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
