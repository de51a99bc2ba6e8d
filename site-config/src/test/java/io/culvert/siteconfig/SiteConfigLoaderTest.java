package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SiteConfigLoaderTest {
    private static final SiteName BUSAN = new SiteName("busan");
    private static final List<ReplicationTarget> TO_BUSAN = List.of(new ReplicationTarget(BUSAN, "main"));

    @Test
    void readsTheFileOfTheDocumentationAsWritten() throws Exception {
        SiteConfig config = SiteConfigLoader.load(Samples.DIRECTORY.resolve("interface.yaml"));

        assertThat(config.site()).isEqualTo(new SiteName("seoul"));
        assertThat(config.stateDir()).isEqualTo(Path.of("/var/lib/culvert"));
        assertThat(config.listen()).isEqualTo(new HostPort("0.0.0.0", 8443));
        assertThat(config.advertise()).contains(new HostPort("gw.seoul.example", 8443));
        BandwidthRule byDay = new BandwidthRule(
                Optional.of(new Bandwidth(20_000_000)),
                LocalTime.of(8, 0),
                LocalTime.of(19, 0),
                Set.of(DayOfWeek.MONDAY, DayOfWeek.TUESDAY, DayOfWeek.WEDNESDAY, DayOfWeek.THURSDAY, DayOfWeek.FRIDAY));
        assertThat(config.peers())
                .isEqualTo(Map.of(
                        BUSAN,
                        new PeerConfig(
                                Optional.of(new HostPort("gw.busan.example", 8443)),
                                Optional.of(true),
                                new BandwidthPlan(List.of(BandwidthRule.always(new Bandwidth(200_000_000)), byDay)))));
        assertThat(config.pools())
                .isEqualTo(Map.of(
                        "main", new PoolConfig(Path.of("/srv/culvert/main"), Optional.of(new ByteSize(20L << 40)))));
        assertThat(config.grants())
                .isEqualTo(Map.of(BUSAN, new Grants(Set.of("main"), Set.of("finance"), Set.of("dd-seoul"))));
        assertThat(config.relay()).isEqualTo(new Relay(Duration.ofMinutes(5), Relay.Dedup.AUTO));
        assertThat(config.admin()).isEqualTo(new Admin(new HostPort("127.0.0.1", 9443)));
    }

    @Test
    void readsTheDatasetsOfTheDocumentation() throws Exception {
        SiteConfig config = SiteConfigLoader.load(Samples.DIRECTORY.resolve("interface.yaml"));

        assertThat(config.datasets().keySet()).containsExactly("finance", "vm-7", "pgdump");
        assertThat(config.datasets().get("finance"))
                .isEqualTo(new DatasetConfig.Tree(
                        Path.of("/data/col1/finance"),
                        List.of("*.tmp"),
                        Writers.ONE,
                        Optional.empty(),
                        new DatasetConfig.Policy(
                                TO_BUSAN,
                                Optional.of(new CronSchedule("*/15 * * * *")),
                                Optional.of(Duration.ofHours(1)),
                                new Retention(7, 30, 8, 0, 0, Duration.ofDays(14)))));
        DatasetConfig.Policy plain =
                new DatasetConfig.Policy(TO_BUSAN, Optional.empty(), Optional.empty(), Retention.KEEP_ALL);
        assertThat(config.datasets().get("vm-7"))
                .isEqualTo(new DatasetConfig.Volume(
                        Path.of("/dev/vg0/vm7"),
                        Writers.ONE,
                        Optional.of(new PointInTime.Hook(Path.of("/etc/culvert/hooks/vm7"))),
                        plain));
        assertThat(config.datasets().get("pgdump")).isEqualTo(new DatasetConfig.Stream("main", plain));
    }

    @Test
    void readsAppliancesCheckpointsAndAlertsOfTheDocumentation() throws Exception {
        SiteConfig config = SiteConfigLoader.load(Samples.DIRECTORY.resolve("interface.yaml"));

        Map<String, ApplianceService> services = ApplianceKind.DATADOMAIN.services();
        assertThat(config.appliances())
                .isEqualTo(Map.of(
                        "dd-busan",
                        new Appliance.Remote(
                                ApplianceKind.DATADOMAIN,
                                BUSAN,
                                InetAddress.ofLiteral("10.99.0.5"),
                                services,
                                ProgramSource.LEARNED,
                                List.of()),
                        "dd-seoul",
                        new Appliance.Local(
                                ApplianceKind.DATADOMAIN, "dd1.seoul.example", services, ProgramSource.LEARNED)));
        Path etcd = Path.of("/etc/culvert/etcd");
        assertThat(config.checkpoints())
                .isEqualTo(new Checkpoints.Etcd(
                        List.of(URI.create("https://127.0.0.1:2379")),
                        Optional.of(new Checkpoints.Tls(
                                etcd.resolve("ca.pem"),
                                Optional.of(new Checkpoints.ClientCertificate(
                                        etcd.resolve("client.pem"), etcd.resolve("client.key"))))),
                        "/culvert",
                        Checkpoints.Maintenance.AUTO,
                        Optional.empty()));
        assertThat(config.alerts().webhook())
                .contains(
                        new Alerts.Webhook.Plain(URI.create("https://hooks.seoul.example/culvert"), Optional.empty()));
        assertThat(config.alerts().syslog())
                .contains(
                        new Alerts.Syslog.Remote(Alerts.Syslog.Protocol.TLS, new HostPort("log.seoul.example", 6514)));
    }

    @Test
    void makesADatasetOfTheBackupsOfEtcdThatGoElsewhere() throws Exception {
        SiteConfig config = SiteConfigLoader.load(Samples.DIRECTORY.resolve("etcd-backups-elsewhere.yaml"));
        var policy = new DatasetConfig.Policy(
                List.of(new ReplicationTarget(BUSAN, "main"), new ReplicationTarget(new SiteName("jeju"), "vault")),
                Optional.empty(),
                Optional.empty(),
                new Retention(7, 0, 0, 0, 0, Duration.ZERO));

        assertThat(config.checkpoints().backup()).contains(policy);
        assertThat(config.datasets())
                .isEqualTo(Map.of(
                        "culvert-etcd",
                        new DatasetConfig.Tree(
                                Path.of("/var/lib/culvert/etcd-backups"),
                                List.of("*.unfinished"),
                                Writers.ONE,
                                Optional.empty(),
                                policy)));
        assertThat(SiteConfigLoader.load(Samples.DIRECTORY.resolve("spawned-etcd.yaml"))
                        .datasets())
                .isEmpty();
    }

    @Test
    void fillsInWhatASiteFileLeavesOut() throws Exception {
        SiteConfig config = Samples.parse("site: seoul\n");

        assertThat(config)
                .isEqualTo(new SiteConfig(
                        new SiteName("seoul"),
                        Path.of("/var/lib/culvert"),
                        new HostPort("0.0.0.0", 8443),
                        Optional.empty(),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        new Relay(Duration.ofSeconds(300), Relay.Dedup.AUTO),
                        new Checkpoints.Embedded(),
                        new Admin(new HostPort("127.0.0.1", 9443)),
                        Alerts.NONE,
                        RulesConfig.NONE));
        assertThat(config.peer(BUSAN)).isEqualTo(PeerConfig.DEFAULT);
        assertThat(config.grantsFor(BUSAN)).isEqualTo(Grants.NOTHING);
    }
}
