package io.culvert.gateway.checkpoint.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a person is told to run. */
final class StepsTest {

    private static MemberReading reading(int id, String name, boolean learner, String peer, String endpoint) {
        var leading = new MemberReading.State("3.4.23", 1, 7, 9, 9, 9, 9, 9, List.of(), Optional.empty());
        return new MemberReading(
                id,
                name,
                learner,
                endpoint,
                List.of(peer),
                id == 1 ? "" : "no",
                id == 1 ? Optional.of(leading) : Optional.empty());
    }

    private static final MemberReading ONE = reading(1, "m1", false, "https://10.0.0.1:2380", "https://10.0.0.1:2379");
    private static final MemberReading TWO = reading(2, "m2", false, "https://10.0.0.2:2380", "https://10.0.0.2:3379");
    private static final MemberReading STRAY = new MemberReading(
            0, "https://10.0.0.7:4379", false, "https://10.0.0.7:4379", List.of(), "no", Optional.empty());

    private static String start(String peer) {
        MemberReading added = reading(9, "9", true, peer, "-");
        ClusterReading now = new ClusterReading(Instant.EPOCH, 7, List.of(ONE, added, STRAY));
        return StartLines.of(now, added, "m2", Optional.of(TWO)).getLast();
    }

    @Test
    void aMemberThatComesBackIsStartedAsItWas() {
        assertThat(start("https://10.0.0.2:2380"))
                .isEqualTo("etcd --name m2 --data-dir DATA_DIR"
                        + " --initial-cluster m1=https://10.0.0.1:2380,m2=https://10.0.0.2:2380"
                        + " --initial-cluster-state existing --initial-advertise-peer-urls https://10.0.0.2:2380"
                        + " --listen-peer-urls https://10.0.0.2:2380 --advertise-client-urls https://10.0.0.2:3379"
                        + " --listen-client-urls https://10.0.0.2:3379 --pre-vote");
    }

    @Test
    void anotherHostServesAsTheLeaderDoesAndListensOnAddresses() {
        assertThat(start("https://gw3.example:2380"))
                .contains(" --listen-peer-urls https://0.0.0.0:2380 ")
                .contains(
                        " --advertise-client-urls https://gw3.example:2379 --listen-client-urls https://0.0.0.0:2379 ");
        assertThat(start("https://[fd00::3]:2380")).contains(" --listen-peer-urls https://[fd00::3]:2380 ");
    }

    @Test
    void oneWhosePlaceIsEmptyAlreadyServesWhereTheSiteFileHasIt() {
        MemberReading added = reading(9, "9", true, "https://10.0.0.7:2380", "-");
        ClusterReading now = new ClusterReading(Instant.EPOCH, 7, List.of(ONE, added, STRAY));
        assertThat(StartLines.of(now, added, "m2", Optional.empty()).getLast())
                .contains(" --advertise-client-urls https://10.0.0.7:4379 ");
    }

    private static List<Step> restored(String backup, String dataDirectory, String cluster) {
        return RestoreSteps.of(new EtcdRestore.Order(
                Path.of(backup), Path.of(dataDirectory), "m1", InitialCluster.parse(cluster), "t-1"));
    }

    @Test
    void threeMembersAreRestoredFromOneFileWithOneToken() {
        String cluster = "m1=https://10.0.0.1:2380,m2=https://10.0.0.2:2380,m3=https://gw3:2380";
        List<Step> steps = restored("/b/etcd-1.db.zst", "/var/lib/etcd/default", cluster);
        assertThat(steps).hasSize(1 + 2 + 3 + 1);
        assertThat(steps.getFirst().commands()).containsExactly("systemctl stop etcd");
        assertThat(steps.get(1).sentence()).startsWith("at 10.0.0.2 make the data of m2: copy /b/etcd-1.db.zst there");
        assertThat(steps.get(1).commands())
                .containsExactly(
                        "culvert etcd restore etcd-1.db.zst --name m2 --initial-cluster " + cluster
                                + " --initial-cluster-token t-1 --data-dir /var/lib/etcd/default",
                        "# or, where there is no Culvert:",
                        "zstd -d etcd-1.db.zst -o snapshot.db && ETCDCTL_API=3 etcdctl snapshot restore snapshot.db --name m2"
                                + " --initial-cluster " + cluster
                                + " --initial-cluster-token t-1 --data-dir /var/lib/etcd/default"
                                + " --initial-advertise-peer-urls https://10.0.0.2:2380");
        assertThat(steps.get(5).commands().getLast())
                .isEqualTo("etcd --name m3 --data-dir /var/lib/etcd/default --initial-cluster " + cluster
                        + " --initial-cluster-token t-1 --initial-advertise-peer-urls https://gw3:2380"
                        + " --listen-peer-urls https://0.0.0.0:2380 --pre-vote");
        assertThat(steps.getLast().sentence()).contains("a new epoch begins");
    }

    @Test
    void oneMemberHasNoOthersAndAPathWithABlankIsQuoted() {
        List<Step> steps = restored("/b/it's mine.db", "/srv/my etcd", "m1=http://10.0.0.1:2380");
        assertThat(steps).hasSize(3);
        assertThat(steps.get(1).commands().getFirst()).isEqualTo("chown -R etcd:etcd '/srv/my etcd'");
    }

    @Test
    void aSnapshotThatIsNotCompressedIsNotUnpacked() {
        String cluster = "m1=http://a:1,m2=http://b:1,m3=http://c:1";
        assertThat(restored("/b/it's mine.db", "/d", cluster).get(1).commands().getLast())
                .startsWith("ETCDCTL_API=3 etcdctl snapshot restore 'it'\\''s mine.db' --name m2 ");
    }
}
