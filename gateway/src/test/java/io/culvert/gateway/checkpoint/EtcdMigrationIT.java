package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.TestCertificates;
import io.culvert.gateway.testing.Waiting;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Between files and real etcds, and from one etcd to another. */
@Waiting
@Timeout(180)
final class EtcdMigrationIT {
    private static final EtcdSettings.Timing QUICK =
            new EtcdSettings.Timing(Duration.ofSeconds(15), Duration.ofSeconds(1), Duration.ofSeconds(3));

    @TempDir
    static Path directory;

    private static EtcdCluster first;
    private static EtcdCluster second;
    private static int prefixes;

    @BeforeAll
    static void start() throws Exception {
        first = EtcdCluster.start(directory.resolve("first"), 1);
        second = EtcdCluster.start(directory.resolve("second"), 1);
    }

    @AfterAll
    static void stop() throws Exception {
        first.close();
        second.close();
    }

    private static StorePlace.InEtcd etcd(
            List<URI> endpoints, EtcdSettings.@Nullable Tls tls, String prefix, String site, Path memory) {
        var settings = new EtcdSettings(endpoints, tls, prefix, site, site + "/1", QUICK);
        return new StorePlace.InEtcd(settings, memory, settings.shown(), true);
    }

    private static String prefix() {
        return "/p" + prefixes++;
    }

    /** The prefix of a test is another one each time; within it, the same. */
    abstract static class WithEtcd extends MigrationContract {
        private final String own = prefix();

        StorePlace.InEtcd at(EtcdCluster cluster) {
            return etcd(cluster.endpoints(), null, own, "seoul", memory());
        }

        StorePlace.InFile file() {
            return new StorePlace.InFile(directory.resolve("checkpoints"));
        }
    }

    @Nested
    final class FromAFile extends WithEtcd {
        @Override
        StorePlace one() {
            return file();
        }

        @Override
        StorePlace two() {
            return at(first);
        }
    }

    @Nested
    final class FromAnEtcdToAnother extends WithEtcd {
        @Override
        StorePlace.InEtcd one() {
            return at(first);
        }

        @Override
        StorePlace.InEtcd two() {
            return at(second);
        }

        private GatewayRecord gateway(int number) {
            return new GatewayRecord(
                    number,
                    "host",
                    "gw:8443",
                    GatewayRecord.Mode.SERVING,
                    List.of("+pool/main"),
                    Instant.EPOCH,
                    Instant.EPOCH,
                    List.of());
        }

        private EtcdCheckpointStore gateway(StorePlace.InEtcd place, String name) throws Exception {
            var settings = new EtcdSettings(
                    place.settings().endpoints(), null, place.settings().prefix(), "seoul", name, QUICK);
            return EtcdCheckpointStore.open(settings, CLOCK);
        }

        @Test
        void whatGatewaysTellEachOtherComesAlongAndAFileHasNoPlaceForIt() throws Exception {
            byte[] note = "id".getBytes(StandardCharsets.US_ASCII);
            claim(one(), "j1");
            try (EtcdCheckpointStore another = gateway(one(), "seoul/2")) {
                another.gateways().show(gateway(2));
                another.gateways().note("pool/main", note);
                another.gateways().note("peer/busan", new byte[60_000]);
                assertThatThrownBy(() -> move(one(), two()))
                        .isInstanceOf(RefusedMigrationException.class)
                        .hasMessageContaining("gateway seoul/2 works with etcd at");
            }
            assertThatThrownBy(() -> move(one(), file()))
                    .isInstanceOf(RefusedMigrationException.class)
                    .hasMessageContaining("seoul/2");
            assertThat(move(one(), two()).notes()).isEqualTo(3);
            try (EtcdCheckpointStore there = (EtcdCheckpointStore) open(two())) {
                Map<String, byte[]> notes = there.gateways().notes("pool/");
                assertThat(notes.get("pool/main")).isEqualTo(note);
                assertThat(there.gateways().notes("peer/").get("peer/busan")).hasSize(60_000);
                GatewayRegister.Shown shown =
                        there.gateways().overview().gateways().getFirst();
                assertThat(shown.record()).isEqualTo(gateway(2));
                assertThat(shown.live()).isFalse();
            }
        }

        @Test
        void whatTheOwnGatewayLeftIsRemovedAndWhoStillRunsCanClaimNothing() throws Exception {
            try (EtcdCheckpointStore killed = (EtcdCheckpointStore) open(one())) {
                Ownership owned = killed.claim("j1", DEAF);
                killed.write(owned, Samples.running("j1", "a1", 1));
                move(one(), two());
                assertThatThrownBy(() -> killed.write(owned, Samples.running("j1", "a1", 2)))
                        .isInstanceOf(FencedException.class);
                assertThatThrownBy(() -> killed.claim("j1", DEAF))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("were moved to etcd at");
                assertThat(killed.owner("j1")).as("the claim was undone").isEmpty();
            }
        }

        @Test
        void anotherGatewaysOwnershipKeepsTheStoreWhereItIs() throws Exception {
            try (EtcdCheckpointStore other = gateway(one(), "seoul/2")) {
                Ownership owned = other.claim("j1", DEAF);
                assertThatThrownBy(() -> move(one(), two()))
                        .isInstanceOf(RefusedMigrationException.class)
                        .hasMessageContaining("gateway seoul/2 works with");
                other.write(owned, Samples.running("j1", "a1", 1));
            }
            assertThat(move(one(), two()).checkpoints()).isEqualTo(1);
        }

        @Test
        void aDamagedCheckpointIsNamedAndLeftBehind() throws Exception {
            claim(one(), "j1");
            claim(one(), "j2");
            first.ctl("ctl put '" + one().settings().prefix() + "/checkpoint/j1' nonsense");
            Migration.Moved moved = move(one(), two());
            assertThat(moved.checkpoints()).isEqualTo(1);
            assertThat(moved.damaged()).singleElement().asString().contains("job j1", "cannot be believed");
        }

        @Test
        void anotherSitesPrefixAndKeysOfNobodyAreRefused() throws Exception {
            claim(one(), "j1");
            String prefix = one().settings().prefix();
            second.ctl("ctl put '" + prefix + "/mine' x");
            assertThatThrownBy(() -> move(one(), two()))
                    .hasMessageContaining("is not empty: it has " + prefix + "/mine");
            second.ctl("ctl del '" + prefix + "/mine'");
            claim(etcd(second.endpoints(), null, prefix, "busan", directory.resolve("busan")), "j1");
            assertThatThrownBy(() -> move(one(), two()))
                    .isInstanceOf(RefusedMigrationException.class)
                    .hasMessageContaining("belongs to site busan, this is site seoul");
        }

        @Test
        void aRunThatWasTakenOverWritesNothingMore() throws Exception {
            fill(one());
            Migration slow = migration(false, step -> {
                if (step.startsWith("copying")) {
                    try {
                        move(one(), two());
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }
            });
            assertThatThrownBy(() -> slow.move(one(), two()))
                    .isInstanceOf(RefusedMigrationException.class)
                    .hasMessageContaining("another run of culvert etcd migrate");
            assertThat(kept(two()).checkpoints()).hasSize(71);
        }

        @Test
        void aWrongEndpointAndAWrongAuthorityAreNamedAndNothingIsMarked() throws Exception {
            claim(one(), "j1");
            Path tls = directory.resolve("tls");
            EtcdProcess.Tls member =
                    new TestCertificates(tls).issue("member", Instant.now().plusSeconds(600));
            EtcdProcess.Tls other = new TestCertificates(directory.resolve("other"))
                    .issue("seoul", Instant.now().plusSeconds(600));
            try (EtcdCluster secure = EtcdCluster.start(directory.resolve("secure"), 1, member)) {
                var files = new EtcdSettings.Tls(other.ca(), other.certificate(), other.key());
                StorePlace wrong = etcd(secure.endpoints(), files, "/culvert", "seoul", memory());
                assertThatThrownBy(() -> move(one(), wrong))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("TLS");
            }
            StorePlace nowhere = etcd(List.of(URI.create("http://127.0.0.1:1")), null, "/culvert", "seoul", memory());
            assertThatThrownBy(() -> move(one(), nowhere))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("http://127.0.0.1:1 does not answer");
            assertThat(kept(one()).checkpoints()).hasSize(1);
        }
    }
}
