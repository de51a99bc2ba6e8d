package io.culvert.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.FakeSite;
import io.culvert.gateway.admin.ViewJson;
import io.culvert.gateway.cli.CommandBench.Outcome;
import io.culvert.siteconfig.SiteConfigLoader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommandRunTest extends CommandFixture {

    @ParameterizedTest
    @CsvSource({
        "status, gateway",
        "peer list, 0",
        "dataset list, 0",
        "dataset show finance, name",
        "snapshot list, 0",
        "snapshot show s-1, id",
        "pool list, 0",
        "pool show main, name",
        "pool rename main vault, renamed",
        "pool move finance --to main, 0",
        "service list, 0",
        "rules formats, 12",
        "alert list, alarms",
        "alert test, 0",
        "etcd status, checks",
        "etcd backup, file",
        "etcd compact, revision",
        "etcd defrag, members",
        "etcd replace-member m2 --peer-url http://10.1.1.2:2380, voters",
        "etcd restore --name m1 --initial-cluster m1=http://a:1 --data-dir d, token",
        "replicate finance, 0",
        "replicate finance --wait, 0",
        "snapshot diff s-1 s-2, changes",
        "verify, damagedChunks",
        "job cancel j-1, state",
        "probe busan, verdict",
        "probe --host 10.1.1.9 --port 111 2049 --port 22, steps",
        "bench, figures"
    })
    void printsOneJsonDocumentAndNothingElse(String command, String key) throws IOException {
        Outcome outcome = bench.run((command + " --output json").split(" "));
        assertThat(outcome.code()).as(outcome.err()).isZero();
        JsonNode json = ViewJson.MAPPER.readTree(outcome.out());
        assertThat(json.isArray() ? json.has(Integer.parseInt(key)) : json.has(key))
                .as(outcome.out())
                .isTrue();
    }

    @Test
    void printsBytesAndTimesAsNumbersAndIsoTextInJson() throws IOException {
        JsonNode peer = ViewJson.MAPPER
                .readTree(bench.run("peer", "list", "--output", "json").out())
                .get(0);
        assertThat(peer.get("stream").get("sentBytes").asLong()).isEqualTo(1_500_000);
        assertThat(peer.get("stream").get("state").asText()).isEqualTo("up");
        assertThat(peer.get("enrolled").asText()).isEqualTo("2026-11-21T03:00:00Z");
        assertThat(peer.get("revoked").isNull()).isTrue();
    }

    @Test
    void etcdThatCannotWriteIsUnreachable() {
        Outcome well = bench.run("etcd", "status");
        assertThat(well.out())
                .containsPattern("leader +m1\n")
                .containsPattern("m1 +leader +https://10.1.1.1:2379 +3.4.23 +20.0 MiB +12.0 MiB +7 +900 +-\n")
                .containsPattern("m2 +silent +https://10.1.1.2:2379 +- .* does not answer\n")
                .containsPattern("members +warning +1 of 2 +all +start or replace m2\n");
        assertThat(bench.run("etcd", "defrag").out())
                .isEqualTo("m2: 20.0 MiB, now 12.0 MiB (0.2 s)\nm1: 21.0 MiB, now 12.0 MiB (0.3 s)\n");
        bench.site.loseEtcd();
        assertThat(bench.run("etcd", "status").code()).isEqualTo(4);
    }

    @Test
    void printsAlignedTablesWithHumanSizes() {
        assertThat(bench.run("pool", "list").out()).isEqualTo("""
                POOL  STATE     USED     FREE      RAW   CHUNKS  SNAPSHOTS  PATH
                main  open   5.0 GiB  7.0 TiB  9.0 GiB  123,456          3  /srv/main
                """);
    }

    @Test
    void saysWhatElseIsToBeDoneWhenAPoolIsRenamed() {
        assertThat(bench.run("pool", "rename", "main", "vault").out()).isEqualTo("""
                pool main is called vault now
                to change pool: main to pool: vault in replicateTo of their site files: busan
                to run at gateway seoul/2 too, unless it was: culvert pool rename main vault
                """);
    }

    @Test
    void printsAppliancesWithTheirProgramsAndConnectionsBelowTheServices() throws IOException {
        bench.site.moreConnections = 1_234;
        assertThat(bench.run("service", "list").out()).isEqualTo("""
                KIND       NAME      OWNER    STATE  SINCE                 WHY
                pool       main      seoul/1  up     2026-11-21T03:00:00Z  -
                appliance  dd-busan  seoul/1  up     2026-11-21T03:00:00Z  -

                PROGRAMS
                APPLIANCE  PROGRAM  NAME    VERSIONS  BY   PORT  FROM     SINCE                 WHY
                dd-busan    100003  nfs     3, 4      tcp  2049  learned  2026-11-21T03:00:00Z  -
                dd-busan    100005  mountd  3         udp  2052  learned  2026-11-21T03:00:00Z  -

                CONNECTIONS
                CLIENT        APPLIANCE      PEER   STATE                              AGE  TO PEER  FROM PEER       RATE  UNCONFIRMED  DEDUP
                10.1.1.7:883  dd-busan:2049  busan  carried                          1m30s  6.0 MiB    2.0 KiB  1.0 MiB/s      4.0 KiB  on, 3.0 : 1
                10.1.1.8:702  dd-busan:2052  busan  held since 2026-11-21T03:00:00Z   2h0m    300 B      200 B      0 B/s        100 B  off
                and 1,234 more
                """);
        JsonNode services = ViewJson.MAPPER.readTree(
                bench.run("service", "list", "--output", "json").out());
        assertThat(services.get(0).get("appliance").isNull()).isTrue();
        JsonNode appliance = services.get(1).get("appliance");
        assertThat(appliance.at("/status/figures/connections").asInt()).isEqualTo(1_236);
        assertThat(appliance.at("/status/lastError/at").asText()).isEqualTo("2026-11-21T03:00:00Z");
        assertThat(appliance.at("/programs/source").asText()).isEqualTo("learned");
        assertThat(appliance.at("/connections/1/heldSince").asText()).isEqualTo("2026-11-21T03:00:00Z");
        assertThat(appliance.at("/connections/0/dedup/ratio").asDouble()).isEqualTo(3);
    }

    @Test
    void theStatusHasALineForEachAppliance() {
        assertThat(bench.run("status").out()).contains("""
                APPLIANCES
                APPLIANCE  PEER   ADDRESS    STATE  CONNECTIONS  HELD       RATE    DEDUP  LAST ERROR
                dd-busan   busan  10.99.0.5  up               3     1  1.0 MiB/s  3.0 : 1  2026-11-21T03:00:00Z connection 10.1.1.9:1 to dd-busan:2049 is reset: why
                """);
    }

    @Test
    void printsWhatAProbeFoundForPeopleAndEndsWellOnlyIfNothingBlocks() {
        assertThat(bench.run("probe", "busan").out()).isEqualTo("""
                ok: nothing between the hosts blocks what was tried

                STEP     ON        RESULT      MS
                name     -         10.1.1.9     2
                connect  port 111  open      4200

                EVIDENCE
                - port 111 opens
                """);
        Outcome blocked = bench.run("probe", "--host", "198.51.100.9", "--port", "111");
        assertThat(blocked.code()).isEqualTo(1);
        assertThat(blocked.out())
                .startsWith("firewall-drop (firewall, confidence high): port 111: no answer\n\nSTEP")
                .contains("ASK\nAsk the firewall team\n", "RULE\ntcp dport 111 accept\n");
        assertThat(blocked.err()).isEqualTo("culvert: firewall-drop: port 111: no answer. Ask the firewall team\n");
    }

    @Test
    void printsMeasuredRatesAndRoundTripsInOneTable() {
        assertThat(bench.run("bench").out()).isEqualTo("""
                WHAT        MB/s     DATA  SECONDS  P50 ms  P99 ms
                chunker     1000  1.0 GiB     1.07       -       -
                round trip     -        -        -    0.75    4.50
                """);
    }

    @Test
    void printsMeasuredFiguresInJson() throws IOException {
        JsonNode figures = ViewJson.MAPPER
                .readTree(bench.run("bench", "--output", "json").out())
                .get("figures");
        assertThat(figures.get(0).get("bytesPerSecond").asDouble()).isEqualTo(1e9);
        assertThat(figures.get(1).get("name").asText()).isEqualTo("round trip");
        assertThat(figures.get(1).get("p99Millis").asDouble()).isEqualTo(4.5);
    }

    @Test
    void printsTheTokenAsTheLastLine() {
        Outcome outcome = bench.run("peer", "invite", "busan", "--ttl", "30m");
        assertThat(outcome.out()).isEqualTo(FakeSite.TOKEN + "\n");
        assertThat(bench.site.calls).contains("invite busan PT30M");
    }

    @Test
    void takesConfigBeforeAndAfterTheCommand() {
        String file = bench.siteFile().toString();
        for (String line : new String[] {
            "--config " + file + " pool list", "pool --config " + file + " list", "pool list --config " + file
        }) {
            Outcome outcome = CommandBench.run(Map.of(), InputStream.nullInputStream(), line.split(" "));
            assertThat(outcome.code()).as(line + outcome.err()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2, nonsense",
        "2, pool",
        "2, pool list --nonsense",
        "2, pool rename main",
        "2, pool rename main Vault",
        "1, pool rename none vault",
        "2, pool move finance",
        "2, probe",
        "2, probe busan --host 10.1.1.9 --port 111",
        "2, probe busan --port 111",
        "2, probe Busan",
        "2, probe --host 10.1.1.9",
        "2, probe --host 10.1.1.9 --port 0",
        "2, probe --host 10.1.1.9 --port eleven",
        "2, probe --host 10.1.1.9 --appliance custom",
        "2, probe busan --trigger --harmless",
        "2, probe busan --trigger --watch 2h",
        "2, etcd migrate",
        "2, rules",
        "2, rules render",
        "2, rules render --format nonsense",
        "2, rules render --format csv --address seoul",
        "2, rules render --format csv --address seoul=gw.seoul.example",
        "2, rules render --format csv --address seoul=10.0.0.0/8",
        "2, rules render --format csv --address Seoul=10.0.0.1",
        "2, rules render --format csv --peer Jeju",
        "2, rules render --format csv --address jeju=2001:db8::1",
        "2, rules render --format form --language de",
        "2, rules diff --format srx",
        "1, rules render --format csv --peer daegu",
        "1, rules render --format csv --out /",
        "1, rules render --format csv --out /dev/null",
        "1, rules render --format csv --out /nowhere/at/all",
        "1, rules diff --file /nowhere/at/all",
        "1, rules diff --file /proc/self/status",
        "1, rules diff --format iptables --file /proc/self/status",
        "1, pool move finance --to none",
        "2, restore s-1",
        "2, restore s-1 --to /x --stdout",
        "2, peer invite ../etc",
        "2, peer invite busan --ttl soon",
        "2, gateway add --ttl soon",
        "2, gateway nonsense",
        "2, init --dir /tmp/x",
        "2, init --site busan --join culvert-gateway-x --dir /tmp/x",
        "2, init --site busan --advertise a:1 --dir /tmp/x",
        "2, init --join nonsense --dir /tmp/x",
        "2, init --join culvert-gateway-x --dir /tmp/x --advertise gw2",
        "2, verify s-1 --pool main",
        "2, ingest finance",
        "2, help nonsense",
        "1, job show j-9",
        "1, dataset show nothing",
        "3, snapshot delete s-1",
        "3, peer join culvert-used",
        "1, peer revoke daegu"
    })
    void endsWithTheExitCodeOfTheContractAndOneLine(int code, String line) {
        Outcome outcome = bench.run(line.split(" "));
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
        assertThat(outcome.err().strip().lines())
                .hasSize(1)
                .allMatch(text -> text.startsWith("culvert: ") && !text.startsWith("culvert: Error"));
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void saysWhichSocketDoesNotAnswerAndHowToStartAGateway() {
        bench.close();
        Outcome outcome = bench.run("status");
        assertThat(outcome.code()).isEqualTo(4);
        assertThat(outcome.err())
                .contains(directory.resolve("admin.sock").toString())
                .contains("systemctl start culvert")
                .doesNotContain("\tat ");
    }

    @Test
    void showsWhereAFailureComesFromOnlyWithDebug() {
        bench.close();
        assertThat(bench.run("status", "--debug").err()).contains("\tat ");
    }

    @Test
    void listsEveryProblemOfASiteFileWithItsPlace() throws IOException {
        Path file = Files.writeString(directory.resolve("bad.yaml"), "site: Seoul\nlisten: nowhere\nnonsense: 1\n");
        Outcome outcome = bench.run("config", "check", file.toString());
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err().lines().filter(line -> line.startsWith(file + ":")))
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(bench.run("--config", file.toString(), "status").code()).isEqualTo(2);
    }

    @Test
    void makesASiteFileThatLoadsAndRefusesToDoSoTwice() throws Exception {
        Path made = directory.resolve("new site \"quoted\"");
        assertThat(bench.run("init", "--site", "busan", "--dir", made.toString())
                        .code())
                .isZero();
        assertThat(SiteConfigLoader.load(made.resolve("site.yaml")).stateDir()).isEqualTo(made);
        assertThat(bench.run("init", "--site", "busan", "--dir", made.toString())
                        .code())
                .isEqualTo(3);
        assertThat(bench.run(
                                "init",
                                "--site",
                                "Busan!",
                                "--dir",
                                directory.resolve("x").toString())
                        .code())
                .isEqualTo(2);
    }

    @Test
    void waitsForTheEndOfAJob() {
        Outcome outcome = bench.run("replicate", "finance", "--to", "busan", "--wait");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).startsWith("snapshot s-2 at busan/main: 4.0 MiB in 10 entries, 30 of 100 chunks new");
        assertThat(outcome.err()).contains("finance: sending, 4.0 MiB of 8.0 MiB");
    }

    @ParameterizedTest
    @CsvSource({"FAILED, 1", "REFUSED, 3", "UNREACHABLE, 4"})
    void tellsHowAJobFailed(FailureCategory category, int code) {
        bench.site.jobFailure = Optional.of("etc/passwd changed while it was read");
        bench.site.jobFailureCategory = category;
        Outcome outcome = bench.run("replicate", "finance", "--wait");
        assertThat(outcome.code()).isEqualTo(code);
        assertThat(outcome.err()).contains("culvert: job j-1 failed: etc/passwd changed while it was read");
    }

    @Test
    void endsWithOneWhenSomethingIsDamagedAndNamesIt() {
        bench.site.damagedChunks = 1;
        Outcome outcome = bench.run("verify", "--pool", "main");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("000001.seg at 4096")
                .contains("00ff")
                .contains("s-1");
    }

    @Test
    void printsOneScreenOfStatus() {
        assertThat(bench.run("status").out())
                .contains("site seoul", "up 1m30s", "busan", "finance", "! the replica of finance", "none under way");
    }
}
