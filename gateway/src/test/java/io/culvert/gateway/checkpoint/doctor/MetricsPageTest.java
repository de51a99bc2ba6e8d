package io.culvert.gateway.checkpoint.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class MetricsPageTest {

    private static final String PAGE = """
            # HELP etcd_server_has_leader Whether or not a leader exists. 1 is existence, 0 is not.
            # TYPE etcd_server_has_leader gauge
            etcd_server_has_leader 1
            etcd_mvcc_db_total_size_in_bytes 2.0480e+04
            etcd_network_client_grpc_received_bytes_total{Local="a b"} 5 1700000000000
            etcd_network_client_grpc_received_bytes_total{Local="c"} 7
            etcd_disk_wal_fsync_duration_seconds_bucket{le="0.001"} 50
            etcd_disk_wal_fsync_duration_seconds_bucket{le="0.002"} 90
            etcd_disk_wal_fsync_duration_seconds_bucket{le="0.004"} 98
            etcd_disk_wal_fsync_duration_seconds_bucket{le="0.008"} 100
            etcd_disk_wal_fsync_duration_seconds_bucket{le="+Inf"} 100
            etcd_disk_wal_fsync_duration_seconds_sum 0.1
            etcd_disk_wal_fsync_duration_seconds_count 100
            etcd_network_peer_round_trip_time_seconds_bucket{To="1",le="0.1"} 1
            etcd_network_peer_round_trip_time_seconds_bucket{To="2",le="0.1"} 2
            etcd_network_peer_round_trip_time_seconds_bucket{To="1",le="+Inf"} 4
            etcd_network_peer_round_trip_time_seconds_bucket{To="2",le="+Inf"} 2
            not a sample at all {
            strange{} NaNs
            """;

    private final MetricsPage page = MetricsPage.parse(PAGE);

    @Test
    void readsFiguresAndAddsUpWhatDiffersInLabels() {
        assertThat(page.value("etcd_server_has_leader")).hasValue(1);
        assertThat(page.value("etcd_mvcc_db_total_size_in_bytes")).hasValue(20480);
        assertThat(page.value("etcd_network_client_grpc_received_bytes_total")).hasValue(12);
        assertThat(page.value("strange")).isEmpty();
        assertThat(page.value("nothing")).isEmpty();
    }

    @Test
    void interpolatesWithinABucketAndStaysBelowTheInfiniteOne() {
        Histogram fsync = page.histogram("etcd_disk_wal_fsync_duration_seconds");
        assertThat(fsync.quantile(0.5).orElseThrow()).isCloseTo(0.001, within(1e-9));
        assertThat(fsync.quantile(0.7).orElseThrow()).isCloseTo(0.0015, within(1e-9));
        assertThat(fsync.quantile(0.99).orElseThrow()).isCloseTo(0.006, within(1e-9));
        Histogram peers = page.histogram("etcd_network_peer_round_trip_time_seconds");
        assertThat(peers.quantile(0.99))
                .as("half of it took longer than any bound")
                .hasValue(0.1);
        assertThat(Histogram.EMPTY.quantile(0.99)).isEmpty();
    }

    @Test
    void onlyWhatCameSinceCountsUnlessTheMemberWasStartedAnew() {
        Histogram before = page.histogram("etcd_disk_wal_fsync_duration_seconds");
        Histogram after = MetricsPage.parse(PAGE.replace("} 100\n", "} 200\n").replace("} 98\n", "} 98\n"))
                .histogram("etcd_disk_wal_fsync_duration_seconds");
        assertThat(after.since(before).quantile(0.01).orElseThrow())
                .as("all of the new ones are slow")
                .isBetween(0.004, 0.008);
        assertThat(before.since(after)).isEqualTo(before);
        assertThat(before.since(before).quantile(0.99)).isEmpty();
    }
}
