package io.culvert.gateway.checkpoint.doctor;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One member as it was seen.
 *
 * @param name as the cluster has it; its endpoint if that is not known
 * @param endpoint where it was asked
 * @param peerUrls where the others find it; empty if the cluster does not name it
 * @param trouble why it did not answer, a clause; empty if it did
 */
record MemberReading(
        long id,
        String name,
        boolean learner,
        String endpoint,
        List<String> peerUrls,
        String trouble,
        Optional<State> state) {

    MemberReading {
        peerUrls = List.copyOf(peerUrls);
    }

    /**
     * What it said of itself.
     *
     * @param errors its alarms and troubles in its own words
     * @param figures empty if its {@code /metrics} cannot be had
     */
    record State(
            String version,
            long leaderId,
            long raftTerm,
            long raftIndex,
            long appliedIndex,
            long revision,
            long databaseBytes,
            long inUseBytes,
            List<String> errors,
            Optional<Figures> figures) {}

    /** Of its metrics; counters are since it was started. */
    record Figures(
            boolean hasLeader,
            double leaderChanges,
            double failedProposals,
            OptionalDouble quotaBytes,
            Histogram walFsyncSeconds,
            Histogram backendCommitSeconds,
            Histogram peerRoundTripSeconds) {

        static Figures of(MetricsPage page) {
            return new Figures(
                    page.value("etcd_server_has_leader").orElse(0) > 0,
                    page.value("etcd_server_leader_changes_seen_total").orElse(0),
                    page.value("etcd_server_proposals_failed_total").orElse(0),
                    page.value("etcd_server_quota_backend_bytes"),
                    page.histogram("etcd_disk_wal_fsync_duration_seconds"),
                    page.histogram("etcd_disk_backend_commit_duration_seconds"),
                    page.histogram("etcd_network_peer_round_trip_time_seconds"));
        }
    }

    /** As etcdctl has it. */
    String hexId() {
        return Long.toHexString(id);
    }

    /** Whether it was ever started: until then the cluster has no name for it. */
    boolean isStarted() {
        return !name.equals(hexId());
    }

    boolean answers() {
        return state.isPresent();
    }

    boolean leads() {
        return state.filter(said -> said.leaderId() == id).isPresent();
    }
}
