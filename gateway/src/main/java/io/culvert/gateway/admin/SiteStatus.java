package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.List;

/**
 * One screen about a site.
 *
 * @param jobs those under way, newest first; at most 50
 * @param alarms what is wrong now, and what to do
 */
public record SiteStatus(
        GatewayView gateway,
        CheckpointsView checkpoints,
        List<PeerView> peers,
        List<DatasetView> datasets,
        List<JobView> jobs,
        List<PoolView> pools,
        List<ApplianceStatus> appliances,
        List<AlarmView> alarms,
        Instant at) {
    public SiteStatus {
        peers = List.copyOf(peers);
        datasets = List.copyOf(datasets);
        jobs = List.copyOf(jobs);
        pools = List.copyOf(pools);
        appliances = List.copyOf(appliances);
        alarms = List.copyOf(alarms);
    }
}
