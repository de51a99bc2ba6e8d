package io.culvert.gateway.admin;

import static io.culvert.gateway.admin.FakeSite.NOW;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A site where much is wrong, for who draws it: {@link FakeSite} with alarms, a verdict, jobs, gateways and an etcd. */
public final class RichSite {
    private RichSite() {}

    /**
     * The site.
     *
     * @param said makes of each sentence, name and label what the site says instead
     */
    public static SiteOperations saying(UnaryOperator<String> said) {
        FakeSite plain = new FakeSite();
        return (SiteOperations) Proxy.newProxyInstance(
                SiteOperations.class.getClassLoader(),
                new Class<?>[] {SiteOperations.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "status" -> status(plain, said);
                    case "peers" -> peers(said);
                    case "jobs" -> jobs(said);
                    case "services" -> services(said);
                    case "snapshots" -> snapshots(said);
                    default -> {
                        try {
                            yield method.invoke(plain, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }
                });
    }

    private static SiteStatus status(FakeSite plain, UnaryOperator<String> said) {
        return new SiteStatus(
                FakeViews.gateway(),
                new CheckpointsView("etcd", CheckpointsView.State.LIVE, NOW, said.apply("3 members, leader m1")),
                peers(said),
                datasets(said),
                jobs(said).stream().filter(job -> !job.state().hasEnded()).toList(),
                pools(said),
                plain.status().appliances(),
                List.of(
                        new AlarmView(
                                "peer:busan",
                                said.apply("peer busan is not connected: no answer from gw.busan.example:8443"),
                                NOW,
                                Optional.of(probe(said))),
                        new AlarmView(
                                "pool:archive",
                                said.apply("pool archive: its disk cannot be read"),
                                NOW.minusSeconds(86_400),
                                Optional.empty())),
                NOW.plusSeconds(90));
    }

    /** Of a path where an IPS drops RPC calls. */
    public static ProbeView probe(UnaryOperator<String> said) {
        return new ProbeView(
                "ips-payload-drop",
                said.apply("intrusion prevention"),
                "high",
                List.of(
                        said.apply("port 111 opens in 12 ms, and 60 benign bytes are acknowledged"),
                        said.apply(
                                "an RPC call of 60 bytes is not acknowledged: Send-Q 60 after 4 s, three retransmissions")),
                said.apply(
                        "Ask who runs the IPS between 192.0.2.10 and 198.51.100.7 to pass ONC RPC between these hosts."),
                said.apply(
                        "nft add rule inet filter forward ip saddr 192.0.2.10 ip daddr 198.51.100.7 tcp dport 8443 accept"),
                List.of(
                        new ProbeStepView("name", "", said.apply("198.51.100.7"), 3, Map.of()),
                        new ProbeStepView(
                                "payload", "port 111", said.apply("no acknowledgement"), 4_020, Map.of("sendQ", "60"))),
                Optional.of(312.0));
    }

    private static List<PeerView> peers(UnaryOperator<String> said) {
        StreamView away = new StreamView(
                StreamView.State.BACKING_OFF,
                NOW,
                said.apply("no answer from gw.busan.example:8443; tries again in 12 s"),
                Optional.empty(),
                Optional.empty(),
                7_345_678_901L,
                40_000,
                3,
                0,
                Optional.empty());
        PeerView up = FakeViews.peer(StreamView.State.UP);
        return List.of(
                new PeerView(
                        said.apply("busan"),
                        said.apply("gw.busan.example:8443"),
                        true,
                        NOW,
                        Optional.empty(),
                        List.of("SHA256:abc"),
                        away,
                        Optional.of(probe(said))),
                new PeerView(
                        "jeju",
                        "gw.jeju.example:8443",
                        false,
                        NOW,
                        Optional.empty(),
                        List.of("SHA256:def"),
                        up.stream(),
                        Optional.empty()),
                new PeerView(
                        "daegu",
                        "gw.daegu.example:8443",
                        false,
                        NOW,
                        Optional.of(NOW),
                        List.of("SHA256:012"),
                        up.stream(),
                        Optional.empty()));
    }

    private static List<DatasetView> datasets(UnaryOperator<String> said) {
        return List.of(
                new DatasetView(
                        said.apply("finance"),
                        "tree",
                        said.apply("/data/col1/finance"),
                        Optional.of("*/15 * * * *"),
                        Optional.of(3600L),
                        List.of(
                                replica("busan", "s-1", Optional.of(93_000L), true),
                                replica("jeju", "s-2", Optional.of(420L), false))),
                new DatasetView(
                        "vm-7",
                        "volume",
                        "/dev/vg0/vm7",
                        Optional.empty(),
                        Optional.empty(),
                        List.of(new ReplicaView(
                                "jeju",
                                "main",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                false,
                                Optional.of("j-2")))),
                new DatasetView("pgdump", "stream", "main", Optional.empty(), Optional.empty(), List.of()));
    }

    private static ReplicaView replica(String peer, String newest, Optional<Long> lag, boolean late) {
        return new ReplicaView(peer, "main", Optional.of(newest), Optional.of(NOW), lag, late, Optional.empty());
    }

    private static List<JobView> jobs(UnaryOperator<String> said) {
        JobProgress half = new JobProgress(
                120_345,
                410L << 30,
                Optional.of(400_000L),
                Optional.of(990L << 30),
                false,
                3L << 30,
                9_000_000,
                30_000,
                1L << 30,
                512L << 20,
                500L << 20,
                520L << 20,
                4L << 20,
                212e6,
                3.1e6,
                Optional.of(said.apply("vm/7/disk.raw")));
        return List.of(
                job(
                        "j-3",
                        "finance",
                        JobState.WAITING,
                        half,
                        Optional.of(said.apply("peer busan is not connected")),
                        4),
                job("j-2", "vm-7", JobState.SENDING, half, Optional.empty(), 1),
                job("j-1", "pgdump", JobState.DONE, half, Optional.empty(), 1),
                job(
                        "j-0",
                        said.apply("finance"),
                        JobState.FAILED,
                        half,
                        Optional.of(said.apply("pool main is full")),
                        2));
    }

    private static JobView job(
            String id, String dataset, JobState state, JobProgress progress, Optional<String> sentence, int tries) {
        Instant ended = NOW.plusSeconds(3_600);
        return new JobView(
                id,
                "replicate",
                dataset,
                Optional.of("busan"),
                "main",
                state,
                state == JobState.WAITING ? sentence : Optional.empty(),
                progress,
                NOW,
                Optional.of(NOW),
                state.hasEnded() ? Optional.of(ended) : Optional.empty(),
                "a-" + id,
                tries,
                Optional.of("1.7"),
                state == JobState.DONE ? Optional.of("s-2") : Optional.empty(),
                state == JobState.FAILED ? sentence : Optional.empty(),
                Optional.empty());
    }

    private static List<PoolView> pools(UnaryOperator<String> said) {
        return List.of(
                new PoolView(
                        "main",
                        "/srv/culvert/main",
                        PoolView.State.OPEN,
                        "",
                        Optional.of(20L << 40),
                        15L << 40,
                        5L << 40,
                        41L << 40,
                        1_234_567_890,
                        15_360,
                        412),
                new PoolView(
                        said.apply("archive"),
                        said.apply("/mnt/archive"),
                        PoolView.State.FAILED,
                        said.apply("its disk cannot be read"),
                        Optional.empty(),
                        0,
                        0,
                        0,
                        0,
                        0,
                        0));
    }

    private static List<ServiceView> services(UnaryOperator<String> said) {
        return List.of(
                ServiceView.of("gateway", "seoul/1", "seoul/1", ServiceView.State.UP, NOW, ""),
                ServiceView.of(
                        "gateway",
                        "seoul/2",
                        "",
                        ServiceView.State.DOWN,
                        NOW,
                        said.apply("last seen on host b an hour ago")),
                ServiceView.of("pool", "main", "seoul/1", ServiceView.State.UP, NOW, ""),
                ServiceView.of(
                        "peer", said.apply("busan"), "seoul/1", ServiceView.State.DOWN, NOW, said.apply("no answer")));
    }

    private static List<SnapshotView> snapshots(UnaryOperator<String> said) {
        return List.of(
                FakeViews.snapshot("s-1", said.apply("finance"), "tree", 41L << 30, said.apply("nightly")),
                FakeViews.snapshot("v-1", "vm-7", "volume", 100L << 30, ""));
    }
}
