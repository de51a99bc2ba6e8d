package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.cli.LocalWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a restore of etcd ends for the person who asked: the exit code, and one sentence. */
final class WorkshopTest {

    @TempDir
    Path directory;

    private final Workshop workshop = new Workshop(name -> Optional.of(Path.of("/bin/false")));

    private OperationException restore(Workshop work, Path backup, String name, String cluster) {
        return catchThrowableOfType(
                OperationException.class,
                () -> work.restoreEtcd(new LocalWork.EtcdRestoreOrder(
                        backup, directory.resolve("data"), name, cluster, Optional.empty())));
    }

    private static void assertEnds(OperationException failure, int code, String why) {
        assertThat(failure.category().exitCode()).isEqualTo(code);
        assertThat(failure.sentence()).contains(why).doesNotContain("\n");
    }

    @Test
    void whoHasNoEtcdctlIsToldHowToGetIt() {
        Workshop bare = new Workshop(name -> Optional.empty());
        assertEnds(restore(bare, directory, "m1", "m1=http://a:1"), 1, "apt install etcd-client");
    }

    @Test
    void aClusterThatIsNoneIsWrongUsage() {
        assertEnds(restore(workshop, directory, "m1", "m1=a"), 2, "a peer URL is");
        assertEnds(restore(workshop, directory, "m2", "m1=http://a:1"), 2, "--name is m2");
    }

    @Test
    void aBackupThatIsDamagedOrNotThereIsAFailure() throws Exception {
        Path damaged = Files.writeString(directory.resolve("damaged.db.zst"), "no database, and no sum of one either");
        assertEnds(restore(workshop, damaged, "m1", "m1=http://a:1"), 1, damaged + " is damaged");
        assertEnds(restore(workshop, damaged, "m1", "m1=http://a:1"), 1, "there is no older one");
        Path older = Files.createFile(directory.resolve("etcd-20260101T000000Z-r9.db.zst"));
        Path newer =
                Files.writeString(directory.resolve("etcd-20260102T000000Z-r10.db.zst"), "damaged, too, and as long");
        assertEnds(restore(workshop, newer, "m1", "m1=http://a:1"), 1, "the one before it is " + older);
        Path missing = directory.resolve("missing.db.zst");
        assertEnds(restore(workshop, missing, "m1", "m1=http://a:1"), 1, missing + " is not there");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void aDirectoryThatIsNotEmptyIsRefused() throws Exception {
        Files.createDirectories(directory.resolve("data/member"));
        assertEnds(restore(workshop, directory, "m1", "m1=http://a:1"), 3, "is not empty");
    }

    @Test
    void theNewestBackupIsTheLastByItsTime() throws Exception {
        OperationException none =
                catchThrowableOfType(OperationException.class, () -> workshop.newestEtcdBackup(directory));
        assertEnds(none, 1, "there is no backup of etcd in " + directory.resolve("etcd-backups"));
        Path backups = Files.createDirectory(directory.resolve("etcd-backups"));
        for (String name : new String[] {
            "etcd-20260101T000000Z-r9.db.zst",
            "etcd-20260102T000000Z-r10.db.zst",
            "etcd-20260103T000000Z-r1.db.zst.unfinished"
        }) {
            Files.createFile(backups.resolve(name));
        }
        LocalWork.EtcdBackupFile newest = workshop.newestEtcdBackup(directory);
        assertThat(newest.file()).hasFileName("etcd-20260102T000000Z-r10.db.zst");
        assertThat(newest.at()).isEqualTo("2026-01-02T00:00:00Z");
    }

    @Test
    void peersThatCannotBeReadAreNoneAndItIsSaidWhy() throws Exception {
        assertThat(workshop.enrolledPeers(directory).unread()).isEmpty();
        Path damaged = Files.createDirectory(directory.resolve("peers")).resolve("busan.json");
        Files.writeString(damaged, "{}");
        LocalWork.EnrolledPeers known = workshop.enrolledPeers(directory);
        assertThat(known.peers()).isEmpty();
        assertThat(known.unread().orElseThrow()).contains(damaged.toString());
    }
}
