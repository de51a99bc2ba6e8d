package io.culvert.gateway.checkpoint.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import com.google.protobuf.ByteString;
import io.culvert.gateway.checkpoint.EtcdMember;
import io.culvert.gateway.checkpoint.EtcdSettings;
import io.culvert.gateway.checkpoint.doctor.Check.Verdict;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.TestCertificates;
import io.culvert.gateway.testing.Waiting;
import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.PutRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real clusters that are killed, filled and defragmented. */
@Waiting
@Timeout(180)
final class EtcdDoctorIT {

    private static final EtcdDoctor.Counters NONE = new EtcdDoctor.Counters(() -> 0, () -> 0);
    private static final int VALUE_BYTES = 256 << 10;

    @TempDir
    Path directory;

    private EtcdDoctor doctor(EtcdCluster cluster, EtcdSettings.@Nullable Tls tls) throws Exception {
        return EtcdDoctor.start(
                new EtcdSettings(cluster.endpoints(), tls, "/culvert", "seoul", "seoul/1", EtcdSettings.Timing.DEFAULT),
                new EtcdDoctor.Care(false, directory.resolve("backups")),
                NONE,
                InstantSource.system());
    }

    private static Check check(Report report, String name) {
        return report.checks().stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no check " + name + " in " + report));
    }

    @Test
    void membersAreSeenWithTheirFiguresAndMissedWhenTheyAreKilled() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdDoctor doctor = doctor(cluster, null)) {
            Report well = doctor.examine();
            assertThat(well.members())
                    .hasSize(3)
                    .allSatisfy(member -> {
                        assertThat(member.trouble()).isEmpty();
                        assertThat(member.databaseBytes()).isPositive();
                        assertThat(member.appliedIndex()).isPositive();
                    })
                    .extracting(Report.Member::name)
                    .containsExactly("m1", "m2", "m3");
            assertThat(well.members()).extracting(Report.Member::role).containsOnlyOnce(Report.Role.LEADER);
            assertThat(well.leader()).isIn("m1", "m2", "m3");
            for (String name :
                    List.of("members", "leader", "alarms", "raft lag", "database of its quota", "certificate")) {
                assertThat(check(well, name).verdict()).as(name).isEqualTo(Verdict.OK);
            }
            assertThat(check(well, "WAL fsync p99").value()).contains(" ms at m");

            EtcdProcess leader = cluster.leader(null);
            EtcdProcess follower = cluster.members().stream()
                    .filter(member -> member != leader)
                    .findFirst()
                    .orElseThrow();
            follower.kill();
            Report without = doctor.examine();
            assertThat(check(without, "members").verdict()).isEqualTo(Verdict.WARNING);
            assertThat(check(without, "members").advice())
                    .contains(follower.endpoint().toString());
            assertThat(check(without, "leader").verdict()).isEqualTo(Verdict.OK);
            assertThatThrownBy(() -> doctor.defragment((name, before, after, took) -> {}))
                    .isInstanceOf(RefusedUpkeepException.class)
                    .hasMessageContaining("it could cost the quorum")
                    .hasMessageContaining("does not answer");

            leader.kill();
            Report lost = doctor.examine();
            assertThat(check(lost, "members").verdict()).isEqualTo(Verdict.CRITICAL);
            assertThat(lost.verdict()).isEqualTo(Verdict.CRITICAL);
            for (EtcdProcess member : cluster.members()) {
                member.kill();
            }
            Report dead = doctor.examine();
            assertThat(dead.answers()).isFalse();
            assertThat(check(dead, "members").value()).isEqualTo("0 of 3");
            assertThatThrownBy(doctor::compact).hasMessageContaining("no member of etcd answers");
        }
    }

    @Test
    void aFullDatabaseIsCompactedDefragmentedAndTakesWritesAgain() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 1, null, "--quota-backend-bytes=" + (16 << 20));
                EtcdDoctor doctor = doctor(cluster, null)) {
            EtcdMember member = EtcdMember.of(cluster.endpoints().getFirst(), null);
            try {
                assertThatThrownBy(() -> fill(member, 1000))
                        .isInstanceOfSatisfying(
                                StatusRuntimeException.class,
                                full -> assertThat(full.getStatus().getCode())
                                        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
                Report full = doctor.examine();
                assertThat(check(full, "alarms").verdict()).isEqualTo(Verdict.CRITICAL);
                assertThat(check(full, "alarms").advice()).contains("culvert etcd compact");

                assertThat(doctor.compact()).isEqualTo(full.revision());
                assertThat(doctor.compact()).as("once more does no harm").isEqualTo(full.revision());
                List<Long> freed = new ArrayList<>();
                doctor.defragment((name, before, after, took) -> freed.add(before - after));
                assertThat(freed)
                        .singleElement()
                        .satisfies(bytes -> assertThat(bytes).isGreaterThan(8 << 20));
                fill(member, 5);
                assertThat(check(doctor.examine(), "alarms").verdict()).isEqualTo(Verdict.OK);
            } finally {
                member.close();
            }
        }
    }

    @Test
    void aBackupIsWholeAndRestoredByEtcdsOwnTool() throws Exception {
        Path etcdctl = DebianPackage.require("etcd-client", "etcdctl");
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdDoctor doctor = doctor(cluster, null)) {
            EtcdMember member = EtcdMember.of(cluster.endpoints().getFirst(), null);
            try {
                fill(member, 20);
            } finally {
                member.close();
            }
            assertThat(check(doctor.examine(), "backup").value()).isEqualTo("none");
            EtcdDoctor.Backup made = doctor.backup();
            assertThat(made.databaseBytes()).isGreaterThan(20L * VALUE_BYTES);
            assertThat(made.fileBytes()).isEqualTo(Files.size(made.file())).isLessThan(made.databaseBytes() / 4);
            assertThat(check(doctor.examine(), "backup").verdict()).isEqualTo(Verdict.OK);
            assertThat(Files.getPosixFilePermissions(made.file()))
                    .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

            Path plain = directory.resolve("plain.db");
            try (InputStream packed = new ZstdInputStream(Files.newInputStream(made.file()))) {
                Files.copy(packed, plain);
            }
            Shell.run(
                    directory,
                    "ETCDCTL_API=3 '%s' snapshot restore '%s' --data-dir '%s'"
                            .formatted(etcdctl, plain, directory.resolve("restored")));
            assertThat(directory.resolve("restored/member/snap/db")).isRegularFile();

            byte[] damaged = Files.readAllBytes(plain);
            damaged[damaged.length / 2] ^= 1;
            try (OutputStream packed = new ZstdOutputStream(Files.newOutputStream(made.file()))) {
                packed.write(damaged);
            }
            assertThatThrownBy(() -> Backups.check(made.file())).hasMessageContaining("is damaged");
        }
    }

    @Test
    void onlyTheNewestBackupsAreKeptAndNothingElseIsTouched() throws Exception {
        Path backups = Files.createDirectories(directory.resolve("backups"));
        for (int day = 1; day <= 28; day++) {
            Files.createFile(backups.resolve("etcd-202601%02dT000000Z-r%d.db.zst".formatted(day, day)));
        }
        Files.createFile(backups.resolve("etcd-mine.db.zst"));
        Files.createFile(
                backups.resolve("etcd-20260129T000000Z-r29.db.zst.unfinished")); // of a gateway that was killed
        try (EtcdCluster cluster = EtcdCluster.start(directory, 1);
                EtcdDoctor doctor = doctor(cluster, null)) {
            Path made = doctor.backup().file();
            try (Stream<Path> left = Files.list(backups)) {
                assertThat(left.map(file -> file.getFileName().toString()).sorted())
                        .hasSize(Backups.KEPT + 1)
                        .contains(
                                "etcd-mine.db.zst",
                                "etcd-20260128T000000Z-r28.db.zst",
                                made.getFileName().toString())
                        .doesNotContain("etcd-20260105T000000Z-r5.db.zst");
            }
        }
    }

    @Test
    void byItselfItIsBackedUpAndAFullDatabaseTakesWritesAgain() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 1, null, "--quota-backend-bytes=" + (16 << 20))) {
            EtcdMember member = EtcdMember.of(cluster.endpoints().getFirst(), null);
            EtcdSettings settings = new EtcdSettings(
                    cluster.endpoints(), null, "/culvert", "seoul", "seoul/1", EtcdSettings.Timing.DEFAULT);
            assertThatThrownBy(() -> fill(member, 1000)).isInstanceOf(StatusRuntimeException.class);
            try (EtcdDoctor doctor = EtcdDoctor.start(
                    settings, new EtcdDoctor.Care(true, directory.resolve("backups")), NONE, InstantSource.system())) {
                Await.until(
                        "it is healed",
                        Duration.ofSeconds(30),
                        () -> check(doctor.examine(), "alarms").verdict() == Verdict.OK);
                fill(member, 5);
                assertThat(check(doctor.examine(), "backup").verdict()).isEqualTo(Verdict.OK);
            } finally {
                member.close();
            }
        }
    }

    @Test
    void aMissingMemberIsAnAlarmUntilItIsBack() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3)) {
            cluster.members().getLast().kill();
            try (EtcdDoctor doctor = doctor(cluster, null)) {
                Await.until(
                        "it is said",
                        Duration.ofSeconds(20),
                        () -> !doctor.alarms().isEmpty());
                assertThat(doctor.alarms().values())
                        .singleElement()
                        .asString()
                        .startsWith("members 2 of 3: one more loss stops all writes");
                cluster.members().getLast().start();
                Await.until(
                        "it is well again",
                        Duration.ofSeconds(40),
                        () -> doctor.alarms().isEmpty());
            }
        }
    }

    /** One key again and again, as checkpoints are written. */
    private static void fill(EtcdMember member, int times) {
        byte[] value = new byte[VALUE_BYTES];
        for (int i = 0; i < times; i++) {
            member.kv(Duration.ofSeconds(10))
                    .put(PutRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("/fill"))
                            .setValue(ByteString.copyFrom(value))
                            .build());
        }
    }

    @Test
    void membersAreDefragmentedOneAfterTheOtherTheLeaderLastWhileOthersWrite() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdDoctor doctor = doctor(cluster, null);
                ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            EtcdProcess leader = cluster.leader(null);
            EtcdMember through = EtcdMember.of(leader.endpoint(), null);
            AtomicBoolean stop = new AtomicBoolean();
            try {
                fill(through, 100);
                doctor.compact();
                String led = doctor.examine().leader();
                Future<Integer> writes = executor.submit(() -> write(cluster.endpoints(), stop));
                List<String> order = new ArrayList<>();
                doctor.defragment((name, before, after, took) -> {
                    order.add(name);
                    assertThat(after).as(name).isLessThan(before / 2);
                });
                stop.set(true);
                assertThat(order).hasSize(3).endsWith(led).doesNotHaveDuplicates();
                assertThat(writes.get()).as("writes while it was done").isPositive();
                Report after = doctor.examine();
                assertThat(after.leader()).isNotEqualTo(led);
                assertThat(check(after, "members").verdict()).isEqualTo(Verdict.OK);
            } finally {
                stop.set(true);
                through.close();
            }
        }
    }

    /** As a gateway does it: one member after the other until one answers. Returns how many it wrote; fails if none answers for long. */
    private static int write(List<URI> endpoints, AtomicBoolean stop) {
        List<EtcdMember> members = endpoints.stream()
                .map(endpoint -> EtcdMember.of(endpoint, null))
                .toList();
        try {
            int written = 0;
            int failures = 0;
            for (int at = 0; !stop.get(); ) {
                try {
                    members.get(at % 3)
                            .kv(Duration.ofSeconds(1))
                            .put(PutRequest.newBuilder()
                                    .setKey(ByteString.copyFromUtf8("/small"))
                                    .setValue(ByteString.copyFromUtf8("" + written))
                                    .build());
                    written++;
                    failures = 0;
                } catch (StatusRuntimeException e) {
                    at++;
                    failures++;
                    assertThat(failures)
                            .as("members in a row that do not answer: %s", e.getMessage())
                            .isLessThan(12);
                }
            }
            return written;
        } finally {
            members.forEach(EtcdMember::close);
        }
    }

    @Test
    void aMemberThatTheSiteFileDoesNotNameIsFoundThroughTheOthers() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdDoctor doctor = EtcdDoctor.start(
                        new EtcdSettings(
                                cluster.endpoints().subList(0, 1),
                                null,
                                "/culvert",
                                "seoul",
                                "seoul/1",
                                EtcdSettings.Timing.DEFAULT),
                        new EtcdDoctor.Care(false, directory.resolve("backups")),
                        NONE,
                        InstantSource.system())) {
            assertThat(doctor.examine().members())
                    .hasSize(3)
                    .allSatisfy(member -> assertThat(member.trouble()).isEmpty());
        }
    }

    @Test
    void whatAMemberAdvertisesAndCannotBeAskedIsPassedOver() {
        Member member = Member.newBuilder()
                .addClientURLs("unix://localhost:m3")
                .addClientURLs("http://no port")
                .addClientURLs("https://10.0.0.1")
                .addClientURLs("https://10.0.0.2:2379")
                .build();
        assertThat(ClusterReader.urls(member)).containsExactly(URI.create("https://10.0.0.2:2379"));
    }

    @Test
    void asksWithItsCertificateAndSaysWhenThatEnds() throws Exception {
        TestCertificates authority = new TestCertificates(directory.resolve("tls"));
        Instant ends = Instant.now().plus(Duration.ofDays(5));
        EtcdProcess.Tls files = authority.issue("seoul-1", ends);
        try (EtcdCluster cluster = EtcdCluster.start(directory, 1, authority.issue("member", ends));
                EtcdDoctor doctor =
                        doctor(cluster, new EtcdSettings.Tls(files.ca(), files.certificate(), files.key()))) {
            Report report = doctor.examine();
            assertThat(report.leader()).isEqualTo("m1");
            assertThat(check(report, "backend commit p99").verdict()).isNotEqualTo(Verdict.UNKNOWN);
            assertThat(check(report, "certificate").verdict()).isEqualTo(Verdict.WARNING);
            assertThat(check(report, "certificate").value()).isEqualTo("4 days left");
        }
    }
}
