package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One member that demands client certificates. */
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
        var quick = new EtcdSettings.Timing(Duration.ofSeconds(15), Duration.ofSeconds(1), Duration.ofSeconds(2));
        var files = new EtcdSettings.Tls(tls.ca(), tls.certificate(), tls.key());
        return EtcdCheckpointStore.open(
                new EtcdSettings(cluster.endpoints(), files, "/culvert", "seoul", "gw1", quick),
                InstantSource.system());
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
}
