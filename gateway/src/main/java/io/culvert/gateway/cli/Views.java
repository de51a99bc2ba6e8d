package io.culvert.gateway.cli;

import io.culvert.gateway.admin.DatasetView;
import io.culvert.gateway.admin.JobProgress;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.PeerView;
import io.culvert.gateway.admin.ReplicaView;
import io.culvert.gateway.admin.SnapshotView;
import java.util.List;

/** The tables that more than one command prints. */
final class Views {
    private Views() {}

    static Table peers(List<PeerView> peers) {
        Table table = new Table("PEER", "STREAM", "SINCE", "RTT>", "SENT>", "RECEIVED>", "ENDPOINT", "WHY");
        for (PeerView p : peers) {
            boolean revoked = p.revoked().isPresent();
            table.row(
                    p.name(),
                    revoked ? "revoked" : Words.word(p.stream().state()),
                    Words.time(p.revoked().orElse(p.stream().since())),
                    p.stream()
                            .roundTripMillis()
                            .map(millis -> String.format(java.util.Locale.ROOT, "%.1f ms", millis))
                            .orElse("-"),
                    Words.bytes(p.stream().sentBytes()),
                    Words.bytes(p.stream().receivedBytes()),
                    p.endpoint(),
                    revoked ? "-" : Words.or(p.stream().reason()));
        }
        return table;
    }

    static Table datasets(List<DatasetView> datasets) {
        Table table = new Table("DATASET", "KIND", "TO", "LAG>", "NEWEST", "STATE", "SOURCE");
        for (DatasetView d : datasets) {
            if (d.replicas().isEmpty()) {
                table.row(d.name(), d.kind(), "-", "-", "-", "local", d.source());
            }
            for (ReplicaView r : d.replicas()) {
                table.row(
                        d.name(),
                        d.kind(),
                        r.peer() + "/" + r.pool(),
                        r.lagSeconds().map(Words::seconds).orElse("-"),
                        Words.or(r.newest()),
                        state(r),
                        d.source());
            }
        }
        return table;
    }

    private static String state(ReplicaView replica) {
        if (replica.job().isPresent()) {
            return "running";
        }
        if (replica.late()) {
            return "late";
        }
        return replica.newest().isPresent() ? "ok" : "no replica";
    }

    static Table jobs(List<JobView> jobs) {
        Table table = new Table("JOB", "DATASET", "TO", "STATE", "SOURCE>", "WIRE>", "RATE>", "STARTED", "WHY");
        for (JobView j : jobs) {
            JobProgress p = j.progress();
            table.row(
                    j.id(),
                    j.dataset(),
                    j.peer().map(peer -> peer + "/" + j.pool()).orElse(j.pool()),
                    Words.word(j.state()),
                    Words.bytes(p.sourceBytes()),
                    Words.bytes(p.wireSentBytes() + p.wireReceivedBytes()),
                    j.state().hasEnded() ? "-" : Words.rate(p.bytesPerSecond()),
                    Words.time(j.started()),
                    Words.or(j.failure().or(j::waitingFor)));
        }
        return table;
    }

    static Table snapshots(List<SnapshotView> snapshots) {
        Table table =
                new Table("SNAPSHOT", "DATASET", "FROM", "HELD BY", "KIND", "CREATED", "ENTRIES>", "SIZE>", "LABEL");
        for (SnapshotView s : snapshots) {
            table.row(
                    s.id(),
                    s.dataset(),
                    s.site(),
                    s.heldBy() + "/" + s.pool(),
                    s.kind(),
                    Words.time(s.created()),
                    Words.count(s.entries()),
                    Words.bytes(s.sourceBytes()),
                    Words.or(s.label()));
        }
        return table;
    }
}
