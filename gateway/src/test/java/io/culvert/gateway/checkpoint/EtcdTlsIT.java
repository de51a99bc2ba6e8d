package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.TestCertificates;
import io.culvert.gateway.testing.Waiting;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One member that demands client certificates. */
@Waiting
final class EtcdTlsIT {
    @TempDir
    Path directory;

    private TestCertificates authority;
    private EtcdCluster cluster;

    @BeforeEach
    void startEtcd() throws Exception {
        authority = new TestCertificates(directory.resolve("tls"));
        cluster = EtcdCluster.start(directory, 1, authority.issue("member", soon()));
    }

    @AfterEach
    void stopEtcd() throws Exception {
        cluster.close();
    }

    private static Instant soon() {
        return Instant.now().plusSeconds(600);
    }

    private EtcdCheckpointStore open(EtcdProcess.Tls tls) throws IOException {
        return open(tls, cluster.endpoints());
    }

    private static EtcdCheckpointStore open(EtcdProcess.Tls tls, List<URI> endpoints) throws IOException {
        var quick = new EtcdSettings.Timing(Duration.ofSeconds(15), Duration.ofSeconds(1), Duration.ofSeconds(2));
        var files = new EtcdSettings.Tls(tls.ca(), tls.certificate(), tls.key());
        return EtcdCheckpointStore.open(
                new EtcdSettings(endpoints, files, "/culvert", "seoul", "gw1", quick), InstantSource.system());
    }

    @Test
    void ownsAndWritesOverMutualTls() throws Exception {
        try (CheckpointStore store = open(authority.issue("gw1", soon()))) {
            Ownership ownership = store.claim("j1", DEAF);
            assertThat(store.write(ownership, running("j1", "a1", 1)).sequence())
                    .isEqualTo(1);
        }
    }

    @Test
    void aWrongAuthorityAndAnExpiredCertificateAreNamed() throws Exception {
        EtcdProcess.Tls stranger = new TestCertificates(directory.resolve("other")).issue("gw1", soon());
        try (CheckpointStore store = open(stranger)) {
            assertThatThrownBy(() -> store.claim("j1", DEAF))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("TLS")
                    .hasMessageContaining(cluster.endpoints().getFirst().toString());
        }
        EtcdProcess.Tls expired = authority.issue("gw2", Instant.now().minusSeconds(60));
        try (CheckpointStore store = open(expired)) {
            assertThatThrownBy(() -> store.claim("j1", DEAF))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("refuses this gateway's certificate");
        }
    }

    @Test
    void filesThatAreMissingAreNamedAtOnce() {
        var nowhere = directory.resolve("nowhere.pem");
        assertThatThrownBy(() -> open(new EtcdProcess.Tls(nowhere, nowhere, nowhere)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nowhere.pem");
    }

    private static void awaitRefused(CheckpointStore store) throws Exception {
        Await.until(
                "it says that it may not: " + store.state(),
                Duration.ofSeconds(30),
                () -> store.state().health() == StoreState.Health.REFUSED);
        assertThat(store.state().sentence())
                .contains("does not let this gateway in", "permission denied", "check its user, role and certificate");
    }

    @Test
    void aRoleThatMayNotWriteIsNamedAndOnceItMayAllGoesOnByItself() throws Exception {
        EtcdProcess.Tls root = authority.issue("root", soon());
        EtcdProcess.Tls gateway = authority.issue("gw1", soon());
        cluster.ctl(root, """
                ctl user add root --no-password; ctl user add gw1 --no-password; ctl user grant-role root root
                ctl role add site; ctl user grant-role gw1 site
                ctl role grant-permission site --prefix=true read /culvert
                ctl auth enable
                """);
        try (CheckpointStore store = open(gateway)) {
            assertThatThrownBy(() -> store.claim("j1", DEAF))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("permission denied");
            awaitRefused(store);
            cluster.ctl(root, "ctl role grant-permission site --prefix=true readwrite /culvert");
            Await.until("it is let in", Duration.ofSeconds(30), store::isLive);
            store.release(store.claim("j1", DEAF));

            cluster.ctl(root, "ctl role grant-permission site --prefix=true read /culvert");
            assertThatThrownBy(() -> store.claim("j1", DEAF))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("permission denied");
            awaitRefused(store);
            cluster.ctl(root, "ctl role grant-permission site --prefix=true readwrite /culvert");
            Await.until("it is let in again", Duration.ofSeconds(30), store::isLive);
            Ownership ownership = store.claim("j1", DEAF);
            assertThat(store.write(ownership, running("j1", "a1", 1)).sequence())
                    .isEqualTo(1);
        }
    }

    @Test
    void anEndpointWhereSomethingElseAnswersIsNamed() throws Exception {
        URI wrong = URI.create(cluster.members().getFirst().peerUrl());
        try (CheckpointStore store = open(authority.issue("gw1", soon()), List.of(wrong))) {
            assertThatThrownBy(() -> store.claim("j1", DEAF))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining(wrong.toString());
        }
    }
}
