package io.culvert.gateway.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.pool.Fence;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.Waiting;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.StatusRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The site record says in which cluster its epoch began: to gateways that remember nothing. */
@Waiting
@Timeout(120)
final class EtcdEpochIT {
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final EtcdKeys KEYS = new EtcdKeys("/culvert");

    private EtcdCluster cluster;
    private EtcdMember member;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        cluster = EtcdCluster.start(directory, 1);
        member = EtcdMember.of(cluster.endpoints().getFirst(), null);
    }

    @AfterEach
    void stop() throws Exception {
        member.close();
        cluster.close();
    }

    private Fence claim() throws Exception {
        try (EtcdCheckpointStore store = EtcdCheckpointStore.open(
                new EtcdSettings(
                        cluster.endpoints(), null, "/culvert", "seoul", "seoul/1", EtcdSettings.Timing.DEFAULT),
                InstantSource.system())) {
            return store.claim("j1", Samples.DEAF).fence();
        }
    }

    private void put(byte[] record) {
        member.kv(CALL)
                .put(PutRequest.newBuilder()
                        .setKey(KEYS.site())
                        .setValue(ByteString.copyFrom(record))
                        .build());
    }

    private EtcdSite record() throws Exception {
        return EtcdSite.decode(
                        "/culvert",
                        member.kv(CALL)
                                .range(RangeRequest.newBuilder()
                                        .setKey(KEYS.site())
                                        .build())
                                .getKvs(0))
                .site();
    }

    private long clusterId() {
        return member.maintenance(CALL)
                .status(StatusRequest.getDefaultInstance())
                .getHeader()
                .getClusterId();
    }

    @Test
    void itGoesOnWhileTheClusterIsTheSame() throws Exception {
        Fence first = claim();
        assertThat(claim().epoch()).isEqualTo(first.epoch());
        assertThat(record()).isEqualTo(new EtcdSite("seoul", first.epoch(), clusterId()));
    }

    @Test
    void aRecordThatCameFromAnotherClusterEndsItsEpoch() throws Exception {
        long ahead = Long.MAX_VALUE >> 8; // of any clock
        put(new EtcdSite("seoul", ahead, clusterId() + 1).encode());
        assertThat(claim().epoch()).isEqualTo(ahead + 1);
        assertThat(record().clusterId()).isEqualTo(clusterId());
        assertThat(claim().epoch()).isEqualTo(ahead + 1);
    }

    @Test
    void aRecordOfAnEarlierVersionIsCompletedInItsEpoch() throws Exception {
        put(Sealed.SITE.seal(out -> {
            out.writeUTF("seoul");
            out.writeLong(7);
        }));
        assertThat(claim().epoch()).isEqualTo(7);
        assertThat(record()).isEqualTo(new EtcdSite("seoul", 7, clusterId()));
    }
}
