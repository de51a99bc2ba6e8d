package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.http.AdminServer;
import io.culvert.gateway.checkpoint.EmbeddedCheckpointStore;
import io.culvert.gateway.cli.LocalWork;
import io.culvert.gateway.testing.Shell;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a migration that may not be ends for the person who asked: the exit code, and one sentence. */
final class SiteMigrationTest {
    private static final String NOWHERE = "{etcd: {endpoints: [\"http://127.0.0.1:1\"]}}";
    private static final String FILE = "{embedded: true}";

    @TempDir
    Path directory;

    private final Workshop workshop = new Workshop();

    @BeforeEach
    void makeSite() throws Exception {
        workshop.makeIdentity(stateDir(), "seoul");
    }

    private Path stateDir() {
        return directory.resolve("state");
    }

    private SiteConfig site(String name, Path stateDir, String checkpoints) throws Exception {
        Path file = directory.resolve("site-" + Math.abs(checkpoints.hashCode()) + name + ".yaml");
        Files.writeString(file, """
                site: %s
                stateDir: "%s"
                pools: {main: {path: "%s"}}
                checkpoints: %s
                """.formatted(name, stateDir, directory.resolve("pool"), checkpoints));
        return SiteConfigLoader.load(file);
    }

    private SiteConfig site(String checkpoints) throws Exception {
        return site("seoul", stateDir(), checkpoints);
    }

    private void useFile() throws IOException {
        EmbeddedCheckpointStore.open(stateDir().resolve("checkpoints"), "seoul/1", InstantSource.system())
                .close();
    }

    private OperationException move(SiteConfig from, SiteConfig to) {
        return catchThrowableOfType(
                OperationException.class,
                () -> workshop.migrateCheckpoints(new LocalWork.EtcdMigrateOrder(from, to, false), step -> {}));
    }

    private static void assertEnds(OperationException failure, int code, String why) {
        assertThat(failure).isNotNull();
        assertThat(failure.category().exitCode()).as(failure.sentence()).isEqualTo(code);
        assertThat(failure.sentence()).contains(why).doesNotContain("\n");
    }

    @Test
    void siteFilesThatAreNotOfOneGatewayOrNameOneStoreAreWrongUsage() throws Exception {
        assertEnds(move(site(FILE), site("busan", stateDir(), NOWHERE)), 2, "must be of one gateway");
        assertEnds(move(site(FILE), site("seoul", directory, NOWHERE)), 2, "must be of one gateway");
        assertEnds(move(site(FILE), site(FILE)), 2, "the same store");
    }

    @Test
    void aGatewayThatRunsAndAnotherMigrationRefuseIt() throws Exception {
        useFile();
        try (AutoCloseable other = AdminServer.hold(stateDir(), "culvert etcd migrate")) {
            assertEnds(move(site(FILE), site(NOWHERE)), 3, "\"culvert etcd migrate\" is at work in " + stateDir());
            assertThat(other).isNotNull();
        }
        try (AutoCloseable gateway = AdminServer.hold(stateDir(), "")) {
            assertEnds(move(site(FILE), site(NOWHERE)), 3, "a gateway runs for " + stateDir());
            assertThat(gateway).isNotNull();
        }
    }

    @Test
    void anEtcdThatIsNotThereIsUnreachableAndNothingIsChanged() throws Exception {
        useFile();
        assertEnds(move(site(FILE), site(NOWHERE)), 4, "http://127.0.0.1:1 does not answer");
        useFile();
    }

    @Test
    void whereNothingWasUsedThereIsNothingToMove() throws Exception {
        SiteConfig spawned = site("{etcd: {spawn: /bin/false}}");
        assertEnds(move(spawned, site(FILE)), 3, "there is nothing to move");
        assertThat(stateDir().resolve("etcd")).doesNotExist();
    }

    @Test
    void aStateDirectoryOfAnotherUserOrNoneAtAllIsNotTouched() throws Exception {
        assertEnds(
                move(site("seoul", directory.resolve("none"), FILE), site("seoul", directory.resolve("none"), NOWHERE)),
                1,
                "there is no state directory");
        assumeTrue(Shell.isRoot(), "skipped: giving a directory away needs root");
        Files.setAttribute(stateDir(), "unix:uid", 12345);
        assertEnds(move(site(FILE), site(NOWHERE)), 3, "belongs to user 12345");
        assertThat(stateDir().resolve("gateway.lock")).doesNotExist();
    }

    @Test
    void whatWasNotLeftIsNotTakenUpAgain() throws Exception {
        useFile();
        OperationException refused =
                catchThrowableOfType(OperationException.class, () -> workshop.reopenCheckpoints(site(FILE)));
        assertEnds(refused, 3, "was not left for another store");
    }
}
