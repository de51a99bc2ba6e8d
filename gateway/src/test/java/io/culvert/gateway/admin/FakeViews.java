package io.culvert.gateway.admin;

import static io.culvert.gateway.admin.FakeSite.NOW;

import java.util.List;
import java.util.Optional;

/** What {@link FakeSite} shows of itself, of its peer and of its snapshots. */
final class FakeViews {

    private FakeViews() {}

    static GatewayView gateway() {
        return new GatewayView(
                "seoul",
                "0.1",
                42,
                NOW,
                "0.0.0.0:8443",
                Optional.of("127.0.0.1:9443"),
                "/s",
                "SHA256:x",
                Optional.of(NOW.plusSeconds(3600)),
                200 << 20);
    }

    static PeerView peer(StreamView.State state) {
        return new PeerView(
                "busan",
                "gw.busan.example:8443",
                true,
                NOW,
                Optional.empty(),
                List.of("SHA256:abc"),
                new StreamView(
                        state,
                        NOW,
                        "",
                        Optional.of(80.25),
                        Optional.of("192.0.2.1:8443"),
                        1_500_000,
                        2048,
                        3,
                        2,
                        Optional.empty()),
                Optional.empty());
    }

    static SiteStatus status(
            List<PeerView> peers, List<DatasetView> datasets, List<PoolView> pools, List<ApplianceStatus> appliances) {
        return new SiteStatus(
                gateway(),
                new CheckpointsView("embedded", CheckpointsView.State.LIVE, NOW, "a file in the state directory"),
                peers,
                datasets,
                List.of(),
                pools,
                appliances,
                List.of(alarm()),
                NOW.plusSeconds(90));
    }

    static AlertsView alerts() {
        return new AlertsView(List.of(alarm(), peerAlarm()), List.of(channel()));
    }

    static List<AlertTestView> tests(boolean syslog) {
        return List.of(
                new AlertTestView("webhook", "https://hooks.example/culvert", true, "", 0.25),
                new AlertTestView("syslog", "local", syslog, syslog ? "" : "there is no /dev/log", 0));
    }

    private static AlarmView alarm() {
        return new AlarmView(
                "late:finance:busan:main",
                "the replica of finance at busan is 2 h old; \"culvert replicate finance\" brings it up to date",
                NOW,
                Optional.empty());
    }

    private static AlarmView peerAlarm() {
        ProbeView probe = new ProbeView(
                "firewall-drop",
                "firewall",
                "high",
                List.of("nothing answers on port 8443", "ping is answered"),
                "ask those who own the firewall to let 8443 pass",
                "allow tcp to 192.0.2.1 port 8443",
                List.of(),
                Optional.empty());
        return new AlarmView("peer:busan", "peer busan is not connected: no answer", NOW, Optional.of(probe));
    }

    private static AlertChannelView channel() {
        return new AlertChannelView(
                "webhook",
                "https://hooks.example/culvert",
                Optional.of(NOW),
                Optional.of(NOW.plusSeconds(60)),
                "https://hooks.example/culvert answered 503",
                2,
                0);
    }

    static SnapshotView snapshot(String id, String dataset, String kind, long bytes, String label) {
        return new SnapshotView(
                id,
                dataset,
                "seoul",
                kind,
                "busan",
                "main",
                NOW,
                label,
                "a-1",
                "1.7",
                "00ff",
                12,
                bytes,
                Optional.empty());
    }
}
