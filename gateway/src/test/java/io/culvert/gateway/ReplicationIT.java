package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.Shell;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TreeListing;
import io.culvert.gateway.testing.TwoSites;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two real gateways replicate trees, volumes and streams; what is restored is compared by GNU tools. */
final class ReplicationIT {

    /** Requests, replies and pings of a job that sends no data; keys of TLS and the manifest's root included. */
    private static final long LITTLE_BYTES = 200_000;

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static Path data;

    @BeforeAll
    static void start() throws Exception {
        data = SITES.data("kinds", "grows", "still", "deep");
        SITES.near().settings("""
                grants:
                  far: {read: [kinds, disk]}
                datasets:
                  kinds: {kind: tree, path: "%1$s/kinds", replicateTo: [{peer: far, pool: main}]}
                  grows: {kind: tree, path: "%1$s/grows", replicateTo: [{peer: far, pool: main}]}
                  still: {kind: tree, path: "%1$s/still", replicateTo: [{peer: far, pool: main}]}
                  deep: {kind: tree, path: "%1$s/deep", exclude: ["*.tmp"], replicateTo: [{peer: far, pool: main}]}
                  disk: {kind: volume, path: "%1$s/disk.img", replicateTo: [{peer: far, pool: main}]}
                  dump: {kind: stream, pool: main, replicateTo: [{peer: far, pool: main}]}
                """.formatted(data));
        SITES.far().settings("""
                grants:
                  near: {write: [main], read: [kinds, grows, still, deep, disk, dump]}
                """);
        SITES.startAndEnrol();
    }

    private static Path restoreDirectory(String name) {
        return SITES.directory().resolve("restored-" + name);
    }

    private static String replicated(String dataset) throws IOException {
        return SITES.near().replicate(dataset).snapshot().orElseThrow();
    }

    @Test
    void everyKindOfEntryComesBackAtBothSitesAndAsTar() throws Exception {
        DebianPackage.require("attr", "setfattr");
        DebianPackage.require("acl", "setfacl");
        Path source = data.resolve("kinds");
        Shell.run(source, """
                printf 'plain' > plain; : > empty; mkdir -p empty-dir sub/deeper
                printf 'x' > "$(printf 'caf\\xe9 \\xff\\xfe')"; mkdir "$(printf 'd\\x80')"; printf 'in' > "$(printf 'd\\x80/\\x01new\\nline')"
                printf '한국어' > '한국어 이름'; printf 'q' > "quote'\\"back\\\\slash"; printf 'd' > ./-dash
                head -c 300000 /dev/urandom > sub/random; seq 150000 > sub/text
                ln sub/random sub/deeper/again; ln sub/random third-name; ln -s sub/text link; ln -s /nowhere/at/all dangling
                ln -s . sub/loop; ln -s loop-b loop-a; ln -s loop-a loop-b
                truncate -s 50M sparse; printf 'island' | dd of=sparse bs=1 seek=20000000 conv=notrunc status=none
                truncate -s 1M all-hole; mkfifo pipe
                setfattr -n user.note -v 'kept' plain; setfattr -n user.bin -v 0x00ff10 sub
                setfacl -m u:12345:r plain; setfacl -d -m g:54321:rwx sub
                chmod 0 empty; chmod 4751 plain; chmod 1777 empty-dir; chmod 2770 sub/deeper
                """);
        if (Shell.isRoot()) {
            Shell.run(source, """
                    chown 1234:4321 sub/text; chown -h 7:8 link; mknod null c 1 3; mknod loop b 7 99
                    """);
        }
        Shell.run(source, """
                touch -d '1969-07-20 20:17:40.123456789Z' plain; touch -d '2106-02-07 06:28:17.5Z' empty
                touch -h -d '2001-09-09 01:46:40.000000001Z' link; touch -d '2020-02-02 02:02:02.987654321Z' sub/deeper sub .
                """);
        String snapshot = replicated("kinds");

        SITES.near().assertRestores(snapshot, source);
        Path there = restoreDirectory("kinds-far");
        SITES.far().run("restore", snapshot, "--to", there.toString()).succeeded();
        TreeListing.assertSame(source, there);
        assertThat(new String(
                        Shell.run(there, "stat -c %b sparse all-hole | tr '\\n' ' '"),
                        java.nio.charset.StandardCharsets.UTF_8))
                .as("blocks of sparse files")
                .matches("([0-9]{1,3}) 0 ");

        Path tar = SITES.directory().resolve("kinds.tar");
        Files.write(
                tar,
                SITES.near().run("restore", snapshot, "--stdout").succeeded().output());
        Path untarred = Files.createDirectories(restoreDirectory("kinds-tar"));
        Shell.run(untarred, "tar --numeric-owner --xattrs --xattrs-include='*' -xpf ../kinds.tar");
        TreeListing.assertSame(source, untarred);
    }

    @Test
    void aPathComesBackAloneWithWhatItLinksTo() throws Exception {
        Shell.run(data.resolve("deep"), """
                mkdir -p a/b/c other; printf one > a/b/one; printf two > a/b/c/two; printf no > other/no; printf t > a/b/skip.tmp
                ln a/b/one a/linked; ln other/no a/b/c/from-outside
                """);
        String snapshot = replicated("deep");

        Path part = restoreDirectory("deep-part");
        SITES.near()
                .run("restore", snapshot, "--path", "a/b", "--path", "/a/linked", "--to", part.toString())
                .succeeded();
        assertThat(part.resolve("a/b/c/two")).hasContent("two");
        assertThat(part.resolve("a/b/c/from-outside")).hasContent("no");
        assertThat(part.resolve("a/linked")).hasContent("one");
        assertThat(part.resolve("a/b/skip.tmp")).doesNotExist();
        assertThat(part.resolve("other")).doesNotExist();
        Path none = restoreDirectory("deep-none");
        SITES.near()
                .run("restore", snapshot, "--path", "a/x", "--to", none.toString())
                .failed(1, "a/x");
        SITES.near()
                .run("restore", snapshot, "--path", "../deep", "--to", none.toString())
                .failed(2, "..");
    }

    @Test
    void anIncrementCostsWhatChangedAndBothSnapshotsRemainWhatTheyWere() throws Exception {
        Path source = data.resolve("grows");
        Shell.run(source, """
                for i in $(seq 400); do mkdir -p d$((i % 20)); head -c 20000 /dev/urandom > d$((i % 20))/f$i; done
                head -c 3000000 /dev/urandom > large
                """);
        String first = replicated("grows");
        Path asItWas = restoreDirectory("grows-source");
        Shell.run(source, "cp -a . '" + asItWas + "'");
        Shell.run(source, """
                printf 'changed in the middle' | dd of=large bs=1 seek=1500000 conv=notrunc status=none
                printf new > d3/added; rm d4/f4; mv d5/f5 d6/moved; chmod 600 d7/f7; ln -s added d3/link
                """);
        JobView increment = SITES.near().replicate("grows");
        String second = increment.snapshot().orElseThrow();

        assertThat(increment.progress().newBytes()).as("bytes of new chunks").isLessThan(400_000);
        assertThat(increment.progress().readBytes()).as("bytes read").isLessThan(3_200_000);
        JsonNode diff = SITES.far()
                .run("snapshot", "diff", first, second, "--output", "json")
                .succeeded()
                .json();
        assertThat(diff.toString()).contains("d3/added", "d4/f4", "d5/f5", "d6/moved", "d7/f7", "d3/link", "large");
        SITES.far().assertRestores(first, asItWas);
        SITES.far().run("snapshot", "delete", first).succeeded();
        SITES.far().run("snapshot", "show", first).failed(1, first);
        SITES.near().assertRestores(second, source);
        SITES.far().run("verify", second).succeeded();
        SITES.far().run("verify").succeeded();
    }

    @Test
    void whatDidNotChangeIsNeitherReadNorSent() throws Exception {
        Shell.run(data.resolve("still"), "for i in $(seq 300); do head -c 30000 /dev/urandom > f$i; done");
        JobView first = SITES.near().replicate("still");
        JobView again = SITES.near().replicate("still");

        assertThat(again.id())
                .as("a job that has just ended is not given out again")
                .isNotEqualTo(first.id());
        assertThat(again.state()).isEqualTo(JobState.DONE);
        assertThat(again.progress().entries()).isEqualTo(301);
        assertThat(again.progress().sourceBytes()).isGreaterThanOrEqualTo(9_000_000);
        assertThat(again.progress().readBytes()).isZero();
        assertThat(again.progress().newChunks()).isZero();
        assertThat(again.progress().wireSentBytes() + again.progress().wireReceivedBytes())
                .isLessThan(LITTLE_BYTES);
    }

    @Test
    void aVolumeComesBackAsItsBytes() throws Exception {
        Path disk = data.resolve("disk.img");
        Shell.run(data, """
                truncate -s 40M disk.img
                head -c 2000000 /dev/urandom | dd of=disk.img bs=4096 seek=100 conv=notrunc status=none
                head -c 500000 /dev/urandom | dd of=disk.img bs=4096 seek=9000 conv=notrunc status=none
                """);
        String snapshot = replicated("disk");
        byte[] bytes =
                SITES.near().run("restore", snapshot, "--stdout").succeeded().output();
        assertThat(bytes.length).isEqualTo(40 << 20);
        assertThat(java.util.Arrays.mismatch(bytes, Files.readAllBytes(disk))).isEqualTo(-1);

        Path to = restoreDirectory("disk");
        SITES.far().run("restore", snapshot, "--to", to.toString()).succeeded();
        assertThat(Files.mismatch(to.resolve("disk"), disk)).isEqualTo(-1);
        assertThat(text(Shell.run(to, "stat -c %b disk")))
                .as("blocks of 512 bytes on disk")
                .matches("[0-9]{4}");

        Path fresh = to.resolve("fresh");
        assertThat(SITES.near().runApart(Redirect.to(fresh.toFile()), "restore", snapshot, "--stdout"))
                .isZero();
        assertThat(Files.mismatch(fresh, disk)).isEqualTo(-1);
        assertThat(text(Shell.run(to, "stat -c %b fresh")))
                .as("holes are left in a new file on standard output")
                .matches("[0-9]{4}");

        Path appended = to.resolve("appended");
        Files.writeString(appended, "before");
        assertThat(SITES.near().runApart(Redirect.appendTo(appended.toFile()), "restore", snapshot, "--stdout"))
                .isZero();
        Shell.run(to, "tail -c +7 appended | cmp - '" + disk + "' && head -c 6 appended | grep -q before");
    }

    private static String text(byte[] output) {
        return new String(output, java.nio.charset.StandardCharsets.UTF_8).strip();
    }

    @Test
    void aStreamIsIngestedReplicatedAndComesBack() throws Exception {
        byte[] bytes = new byte[5_000_000];
        new Random(2).nextBytes(bytes);
        SITES.near()
                .run(new ByteArrayInputStream(bytes), "ingest", "dump", "--label", "밤 백업")
                .succeeded();
        Site far = SITES.far();
        await("the stream's snapshot at far", () -> count(far, "dump") == 1);
        JsonNode listed = far.run("snapshot", "list", "--dataset", "dump", "--output", "json")
                .succeeded()
                .json();
        assertThat(listed.get(0).path("label").asText()).isEqualTo("밤 백업");
        String id = listed.get(0).path("id").asText();
        assertThat(far.run("restore", id, "--stdout").succeeded().output()).isEqualTo(bytes);
        assertThat(SITES.near()
                        .run("restore", id, "--peer", "far", "--stdout")
                        .succeeded()
                        .output())
                .isEqualTo(bytes);

        SITES.near()
                .run(new ByteArrayInputStream(new byte[0]), "ingest", "dump")
                .succeeded();
        await("the empty one", () -> count(far, "dump") == 2);
        String empty = far.run("snapshot", "list", "--dataset", "dump", "--output", "json")
                .succeeded()
                .json()
                .get(0)
                .path("id")
                .asText();
        assertThat(far.run("restore", empty, "--stdout").succeeded().output()).isEmpty();
    }

    private static int count(Site site, String dataset) {
        try {
            return site.run("snapshot", "list", "--dataset", dataset, "--output", "json")
                    .succeeded()
                    .json()
                    .size();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void await(String what, BooleanSupplier condition) throws Exception {
        io.culvert.gateway.testing.Await.until(what, Site.PATIENCE, condition::getAsBoolean);
    }

    @Test
    void rulesForFirewallsAreForWhoJoinedAtThePortOfTheOther() throws IOException {
        JsonNode dialled = SITES.far()
                .run("peer", "list", "--output", "json")
                .succeeded()
                .json()
                .get(0);
        assertThat(dialled.get("dials").asBoolean()).isTrue();
        String port = dialled.get("endpoint").asText().replaceFirst(".*:", "");
        String[] addresses = {"--address", "near=192.0.2.1", "--address", "far=198.51.100.1"};
        String allowed = "allow,far,198.51.100.1,near,192.0.2.1,TCP," + port + ",%s,";
        String[] line = {"rules", "render", "--format", "csv", addresses[0], addresses[1], addresses[2], addresses[3]};
        assertThat(SITES.near().run(line).succeeded().text()).contains(allowed.formatted("inbound"));
        assertThat(SITES.far().run(line).succeeded().text()).contains(allowed.formatted("outbound"));
        SITES.near()
                .run("rules", "render", "--format", "csv")
                .failed(1, "127.0.0.1 of near is 127.0.0.1 here, which no firewall sees", "--address near=ADDRESS");
    }
}
