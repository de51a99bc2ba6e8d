package io.culvert.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.EtcdCopy;
import io.culvert.gateway.cli.CommandBench.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands of etcd that need a person's hands, too. */
final class EtcdCommandsTest extends CommandFixture {

    @Test
    void eachStepOfAReplacementIsToldOnceOnStandardError() {
        Outcome done = bench.run("etcd", "replace-member", "m2", "--peer-url", "http://10.1.1.2:2380");
        assertThat(done.code()).isZero();
        assertThat(done.out()).isEqualTo("m2 (3) at https://10.1.1.2:2379 is one of 2 members, and well\n");
        assertThat(done.err()).isEqualTo("""
                at 10.1.1.2: start it with
                    etcd --name m2
                    true
                waiting: m2 is not started yet
                name it in the site file
                """);
    }

    @Test
    void aReplacementThatIsRefusedEndsWithThree() {
        Outcome refused = bench.run("etcd", "replace-member", "m1", "--peer-url", "http://10.1.1.1:2380");
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err()).isEqualTo("culvert: m1 is well\n");
    }

    @Test
    void aBackupIsToldInOneLineWithWhereItIsNow() {
        String made = "/var/lib/culvert/etcd-backups/etcd-1.db.zst: revision 12,345, 20.0 MiB, compressed to 3.0 MiB,"
                + " checked, ";
        assertThat(bench.run("etcd", "backup").out()).isEqualTo(made + "on this host only\n");

        bench.site.etcdCopies(
                new EtcdCopy("busan", "main", EtcdCopy.State.COPIED, Optional.of("01-7f"), ""),
                new EtcdCopy("jeju", "vault", EtcdCopy.State.UNDER_WAY, Optional.empty(), "job j-1 is under way"),
                new EtcdCopy(
                        "ulsan", "main", EtcdCopy.State.ELSEWHERE, Optional.empty(), "peer ulsan is with seoul/2"));
        Outcome told = bench.run("etcd", "backup");
        assertThat(told.code()).isZero();
        assertThat(told.out())
                .isEqualTo(made + "copied to busan/main as snapshot 01-7f, not yet at jeju/vault (job j-1 is under"
                        + " way), not copied to ulsan/main (peer ulsan is with seoul/2)\n");
    }

    @ParameterizedTest
    @CsvSource({"FAILED, 1", "REFUSED, 3"})
    void aBackupThatIsNotTakenElsewhereIsMadeAndEndsAccordingly(EtcdCopy.State state, int code) {
        bench.site.etcdCopies(new EtcdCopy("busan", "main", state, Optional.empty(), "no grant"));
        Outcome told = bench.run("etcd", "backup");
        assertThat(told.code()).isEqualTo(code);
        assertThat(told.out()).endsWith("checked, not copied to busan/main (no grant)\n");
        assertThat(told.err())
                .isEqualTo("culvert: the backup is made, /var/lib/culvert/etcd-backups/etcd-1.db.zst, and not copied to"
                        + " busan/main: no grant\n");
    }

    @Test
    void theNewestBackupIsNamedAndWhatIsLeftIsNumbered() {
        Outcome done = bench.run(
                "etcd", "restore", "--name", "m1", "--initial-cluster", "m1=http://a:1", "--data-dir", "/srv/etcd");
        Path newest = directory.resolve("etcd-backups/newest.db.zst");
        assertThat(done.code()).isZero();
        assertThat(done.err()).isEqualTo("the newest backup is " + newest + ", made 2026-11-21T03:00:00Z\n");
        assertThat(done.out()).isEqualTo("""
                made /srv/etcd for m1 from %s: 20.0 MiB, sum right, a new cluster of token fresh

                NEXT
                1. stop etcd
                    systemctl stop etcd
                2. look
                """.formatted(newest));
    }

    @Test
    void aBackupThatIsNamedNeedsNoSiteFile() {
        Outcome done = CommandBench.run(
                Map.of("CULVERT_CONFIG", directory.resolve("none.yaml").toString()),
                InputStream.nullInputStream(),
                "etcd restore /b/one.db --name m1 --initial-cluster m1=http://a:1 --data-dir /d --initial-cluster-token t-1"
                        .split(" "));
        assertThat(done.code()).as(done.err()).isZero();
        assertThat(done.out()).startsWith("made /d for m1 from /b/one.db: ").contains(" token t-1\n");
    }

    private Path newSiteFile() throws IOException {
        return Files.writeString(
                directory.resolve("new.yaml"),
                Files.readString(bench.siteFile()).replace("{embedded: true}", "{etcd: {spawn: /bin/true}}"));
    }

    @Test
    void aMigrationTellsWhatWasMovedWhatWasLeftBehindAndWhatIsNext() throws Exception {
        Path to = newSiteFile();
        Outcome done = bench.run("etcd", "migrate", "--to", to.toString());
        assertThat(done.code()).as(done.err()).isZero();
        assertThat(done.err()).isEqualTo("copying 9 values\nleft behind: one that is damaged\n");
        assertThat(done.out()).isEqualTo("""
                moved to etcd: 5 checkpoints, 3 ended jobs, 1 notes; read back, the same; epoch 7

                NEXT
                1. have the gateway start with the new site file
                    cp -p %1$s %1$s.before
                    cp %2$s %1$s
                    systemctl start culvert
                2. change "checkpoints" in the site files of the other gateways (2, 3) likewise before they start
                """.formatted(bench.siteFile(), to));
        Outcome again = bench.run("etcd", "migrate", "--to", to.toString(), "--force");
        assertThat(again.out()).contains("at 2026-11-21T03:00:00Z; nothing was done now");
        assertThat(bench.run("etcd", "migrate", "--to", to.toString(), "--output", "json")
                        .out())
                .contains("\"checkpoints\" : 5", "\"epoch\" : 7");
        Outcome missing = bench.run(
                "etcd", "migrate", "--to", directory.resolve("none.yaml").toString());
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("none.yaml");
    }

    @Test
    void aStoreThatWasLeftIsTakenUpAgain() {
        Outcome done = bench.run("etcd", "migrate", "--reopen");
        assertThat(done.code()).as(done.err()).isZero();
        assertThat(done.out()).contains("counts again, in epoch 8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "restore; '--name'",
                "restore --name m1 --initial-cluster m1=http://a:1 --data-dir d --initial-cluster-token a/b; a token is",
                "migrate; --to",
                "migrate --to a.yaml --reopen; mutually exclusive",
                "migrate --reopen --force; neither --from nor --force",
                "replace-member m1; '--peer-url'",
                "replace-member --peer-url http://a:1; 'NAME'",
                "replace-member m1 --peer-url a:1; a peer URL is",
                "replace-member m1 --peer-url http://a; a peer URL is",
                "replace-member m1 --peer-url http://a:1/x; a peer URL is",
                "replace-member m1 --peer-url http://a:99999; a peer URL is",
                "replace-member ../m1 --peer-url http://a:1; a name is"
            })
    void wrongUsageEndsWithTwo(String command, String why) {
        Outcome wrong = bench.run(("etcd " + command).split(" "));
        assertThat(wrong.code()).as(wrong.err()).isEqualTo(2);
        assertThat(wrong.err())
                .startsWith("culvert: ")
                .contains(why.replace("'", ""))
                .hasLineCount(1);
    }
}
