package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.checkpoint.doctor.DamagedBackupException;
import io.culvert.gateway.checkpoint.doctor.EtcdDoctor;
import io.culvert.gateway.checkpoint.doctor.EtcdRestore;
import io.culvert.gateway.checkpoint.doctor.InitialCluster;
import io.culvert.gateway.checkpoint.doctor.RefusedUpkeepException;
import io.culvert.gateway.checkpoint.doctor.Step;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backups of real clusters become new clusters. */
@Waiting
@Timeout(180)
final class EtcdRestoreIT {

    private static final Duration SOON = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    private Path etcdctl;

    @BeforeEach
    void findEtcdctl() {
        etcdctl = DebianPackage.require("etcd-client", "etcdctl");
    }

    private static EtcdSettings settings(EtcdCluster cluster, String gateway) {
        return new EtcdSettings(cluster.endpoints(), null, "/culvert", "seoul", gateway, EtcdSettings.Timing.DEFAULT);
    }

    private EtcdCheckpointStore open(EtcdCluster cluster, String gateway) throws Exception {
        return EtcdCheckpointStore.open(
                settings(cluster, gateway),
                directory.resolve(gateway.replace('/', '-') + "-seen"),
                InstantSource.system());
    }

    private Path backup(EtcdCluster cluster) throws Exception {
        try (EtcdDoctor doctor = EtcdDoctor.start(
                settings(cluster, "seoul/1"),
                new EtcdDoctor.Care(false, directory.resolve("backups")),
                new EtcdDoctor.Counters(() -> 0, () -> 0),
                InstantSource.system())) {
            return doctor.backup().file();
        }
    }

    private static InitialCluster initialCluster(EtcdCluster cluster) {
        return InitialCluster.parse(cluster.members().stream()
                .map(member -> member.name() + "=" + member.peerUrl())
                .collect(Collectors.joining(",")));
    }

    /** As a person does it who loses all members: on each host, with one token, then the start as it is printed. */
    private void restoreAll(EtcdCluster cluster, Path backup) throws Exception {
        for (EtcdProcess member : cluster.members()) {
            member.kill();
            member.wipe();
        }
        for (EtcdProcess member : cluster.members()) {
            EtcdRestore.Restored restored = new EtcdRestore(etcdctl)
                    .restore(new EtcdRestore.Order(
                            backup, member.data(), member.name(), initialCluster(cluster), "culvert-test"));
            assertThat(restored.databaseBytes()).isPositive();
            member.with(startLine(restored, member.name())).start();
        }
        for (EtcdProcess member : cluster.members()) {
            member.awaitReady();
        }
    }

    private static String[] startLine(EtcdRestore.Restored restored, String name) {
        String line = restored.next().stream()
                .map(Step::commands)
                .flatMap(List::stream)
                .filter(command -> command.startsWith("etcd --name " + name + " "))
                .findFirst()
                .orElseThrow();
        return Arrays.stream(line.split(" ")).skip(1).toArray(String[]::new);
    }

    @Test
    void threeMembersOfThePastGoOnInANewEpochAndNobodyOfThePastOwns() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdCheckpointStore store = open(cluster, "seoul/1")) {
            List<String> losses = new CopyOnWriteArrayList<>();
            Ownership early = store.claim("early", (ownership, reason) -> losses.add(ownership.jobId()));
            Path past = backup(cluster);
            Ownership owned = store.claim("j1", (ownership, reason) -> losses.add(ownership.jobId()));
            for (int i = 1; i <= 50; i++) {
                store.write(owned, running("j1", "a1", i));
            }
            restoreAll(cluster, past);

            Await.until("what was owned is lost", SOON, () -> losses.containsAll(List.of("early", "j1")));
            assertThatThrownBy(() -> store.write(early, running("early", "a1", 1)))
                    .isInstanceOf(IOException.class);
            Ownership[] again = new Ownership[1];
            Await.until("it is claimed again", SOON, () -> {
                try {
                    again[0] = store.claim("j1", Samples.DEAF);
                    return true;
                } catch (StoreUnavailableException e) {
                    return false;
                }
            });
            assertThat(again[0].fence()).isGreaterThan(owned.fence());
            assertThat(again[0].fence().epoch()).isGreaterThan(owned.fence().epoch());
            store.write(again[0], running("j1", "a2", 51));
            assertThat(store.setBacks()).isEqualTo(1);
            try (EtcdCheckpointStore other = open(cluster, "seoul/2")) {
                Await.until("the owner of the past ends with its lease", SOON, () -> {
                    try {
                        return other.claim("early", Samples.DEAF).fence().epoch()
                                == again[0].fence().epoch();
                    } catch (OwnedException e) {
                        return false;
                    }
                });
            }
        }
    }

    @Test
    void aGatewayThatWasDownMeanwhileKnowsThatItIsAnotherCluster() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 1)) {
            Path past;
            long epoch;
            try (EtcdCheckpointStore store = open(cluster, "seoul/1")) {
                epoch = store.claim("j1", Samples.DEAF).fence().epoch();
                past = backup(cluster);
            }
            restoreAll(cluster, past);
            try (EtcdCheckpointStore store = open(cluster, "seoul/1")) {
                assertThat(store.claim("j1", Samples.DEAF).fence().epoch()).isGreaterThan(epoch);
            }
        }
    }

    private EtcdRestore.Order order(Path backup, Path data) {
        return new EtcdRestore.Order(backup, data, "m1", InitialCluster.parse("m1=http://127.0.0.1:2380"), "t");
    }

    @Test
    void aBackupWithOneBitWrongMakesNothing() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 1)) {
            Path backup = backup(cluster);
            byte[] packed = Files.readAllBytes(backup);
            Path data = directory.resolve("data");
            for (int at : new int[] {0, packed.length / 3, packed.length / 2, packed.length - 1}) {
                byte[] damaged = packed.clone();
                damaged[at] ^= 1;
                Path file = Files.write(directory.resolve("damaged.db.zst"), damaged);
                assertThatThrownBy(() -> new EtcdRestore(etcdctl).restore(order(file, data)))
                        .as("byte %s", at)
                        .isInstanceOf(DamagedBackupException.class)
                        .hasMessage(file + " is damaged: it is no whole copy of etcd's database");
                assertThat(data).doesNotExist();
            }
            Path half = Files.write(directory.resolve("half.db.zst"), Arrays.copyOf(packed, packed.length / 2));
            assertThatThrownBy(() -> new EtcdRestore(etcdctl).restore(order(half, data)))
                    .isInstanceOf(DamagedBackupException.class);
        }
    }

    @Test
    void aSnapshotOfEtcdctlIsTakenToo() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 1)) {
            Path snapshot = directory.resolve("mine.db");
            Shell.run(
                    directory,
                    "ETCDCTL_API=3 '%s' --endpoints '%s' snapshot save '%s'"
                            .formatted(etcdctl, cluster.members().getFirst().endpoint(), snapshot));
            restoreAll(cluster, snapshot);
        }
    }

    @Test
    void onlyAnEmptyDirectoryIsTaken() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 1)) {
            Path backup = backup(cluster);
            EtcdProcess member = cluster.members().getFirst();
            assertThatThrownBy(() -> new EtcdRestore(etcdctl).restore(order(backup, member.data())))
                    .isInstanceOf(RefusedUpkeepException.class)
                    .hasMessageContaining("is not empty")
                    .hasMessageContaining("mv " + member.data() + " " + member.data() + ".before");

            Path killed = Files.createDirectories(directory.resolve("disk"));
            Files.createDirectory(killed.resolve("lost+found"));
            Files.createDirectories(killed.resolve(".culvert-restore/data/member")); // of a run that was killed
            new EtcdRestore(etcdctl).restore(order(backup, killed));
            try (Stream<Path> made = Files.list(killed)) {
                assertThat(made.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder("lost+found", "member");
            }
            Path file = Files.createFile(directory.resolve("file"));
            assertThatThrownBy(() -> new EtcdRestore(etcdctl).restore(order(backup, file)))
                    .isInstanceOf(RefusedUpkeepException.class);
        }
    }

    @Test
    void whatEtcdctlSaysIsPassedOnAndNothingIsLeft() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 1)) {
            Path failing =
                    Files.writeString(directory.resolve("etcdctl"), "#!/bin/sh\necho Error: no room >&2\nexit 1\n");
            Shell.run(directory, "chmod +x etcdctl");
            Path backup = backup(cluster);
            Path data = directory.resolve("data");
            assertThatThrownBy(() -> new EtcdRestore(failing).restore(order(backup, data)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Error: no room");
            assertThat(data).doesNotExist();
        }
    }
}
