package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.CommandResult;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.SystemdContainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The unit under a real systemd, set up by the very lines of README's "A first set-up of two hosts": seoul by {@code
 * culvert.service}, and busan beside it by a copy of the unit with a site file and directories of its own.
 *
 * <p>The container's {@code /tmp} is mounted noexec, as hardened hosts have it.
 */
final class SystemdIT {
    private static final Path CHECKOUT = Path.of("..");
    private static final String BUSAN = "culvert --config /etc/culvert/busan.yaml ";

    private static final String SEOUL_FILE = """
            site: seoul
            stateDir: /var/lib/culvert
            listen: 0.0.0.0:8443
            advertise: localhost:8443
            peers:
              busan: {bandwidth: [{limit: 40Mbit/s}]}
            pools:
              main: {path: /srv/culvert/main}
            datasets:
              finance: {kind: tree, path: /data/finance, replicateTo: [{peer: busan, pool: main}]}
              large: {kind: tree, path: /data/large, replicateTo: [{peer: busan, pool: main}]}
            checkpoints: {embedded: true}
            admin: {listen: 127.0.0.1:9443}
            """;

    private static final String BUSAN_FILE = """
            site: busan
            stateDir: /var/lib/culvert-busan
            listen: 0.0.0.0:8453
            advertise: localhost:8453
            pools:
              main: {path: /srv/culvert-busan/main}
            grants:
              seoul: {write: [main], read: [finance]}
            checkpoints: {embedded: true}
            admin: {listen: 127.0.0.1:9453}
            """;

    private static SystemdContainer host;

    @BeforeAll
    static void setUpAsReadmeSays() throws Exception {
        host = SystemdContainer.boot(CHECKOUT);
        try {
            setUp();
        } catch (Exception | AssertionError e) {
            System.err.println(host.journal("culvert*"));
            throw e;
        }
    }

    private static void setUp() throws Exception {
        host.write("/root/site.yaml", SEOUL_FILE);
        host.write("/root/edit", "#!/bin/sh\ncat /root/site.yaml >\"$1\"\n");
        host.run("chmod 755 /root/edit; useradd -m stranger").succeeded();
        for (String line : readmeLines("### 1. ")) {
            host.run(line).succeeded();
        }
        host.run("useradd -m -G culvert member").succeeded();
        busan();
        for (String line : readmeLines("### 2. ")) {
            host.run(line).succeeded();
        }
        String token = host.run("member", "culvert peer invite busan")
                .succeeded()
                .text()
                .lines()
                .toList()
                .getLast();
        host.run("member", BUSAN + "peer join " + token).succeeded();
        host.run("""
                        mkdir -p /data/finance/reports
                        head -c 3000000 /dev/urandom >/data/finance/ledger
                        seq 100000 >/data/finance/reports/2026
                        chown -R games:games /data/finance
                        chmod -R go-rwx /data/finance
                        mkdir /data/large
                        head -c 40000000 /dev/urandom >/data/large/random
                        """).succeeded();
    }

    /** Starts while seoul is set up. */
    private static void busan() throws Exception {
        host.write("/root/busan.yaml", BUSAN_FILE);
        host.run("""
                        install -o root -g culvert -m 640 /root/busan.yaml /etc/culvert/busan.yaml
                        install -d -o culvert -g culvert -m 750 /var/lib/culvert-busan /srv/culvert-busan
                        runuser -u culvert -- culvert init --site busan --dir /var/lib/culvert-busan
                        sed 's#/etc/culvert/site.yaml#/etc/culvert/busan.yaml#
                             s#StateDirectory=culvert#StateDirectory=culvert-busan#
                             s#ReadWritePaths=-/srv/culvert#ReadWritePaths=/srv/culvert-busan#
                            ' systemd/culvert.service >/etc/systemd/system/culvert-busan.service
                        systemctl daemon-reload
                        systemctl start --no-block culvert-busan
                        """).succeeded();
    }

    /** The commands of a section: its indented blocks, but for the one that shows two site files. */
    private static List<String> readmeLines(String section) throws Exception {
        String text = Files.readString(CHECKOUT.resolve("README.md"));
        int begin = text.indexOf("\n" + section);
        assertThat(begin).as("README has the section " + section).isPositive();
        String body = text.substring(begin + 1, text.indexOf("\n### ", begin + 1));
        List<String> lines = new ArrayList<>();
        for (String block : body.split("\n(?=\\S)")) {
            block.lines()
                    .filter(line -> line.startsWith("    ") && !block.contains("    # seoul:"))
                    .map(String::strip)
                    .forEach(lines::add);
        }
        assertThat(lines).as("commands of " + section).hasSizeGreaterThan(3);
        return lines;
    }

    @BeforeEach
    void bothRun() throws Exception {
        host.write("/etc/culvert/site.yaml", SEOUL_FILE);
        host.run("systemctl reset-failed 'culvert*'; systemctl start culvert culvert-busan")
                .succeeded();
    }

    @AfterAll
    static void end() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    @Test
    void isActiveWhenItSaysSoAndHasTheRightsOfItsUserAndNoMore() throws Exception {
        assertThat(property("StatusText")).matches("serving peers on .*:8443|the site file was read again");
        assertThat(property("Type")).isEqualTo("notify");
        assertThat(host.run("ps -o user= -p " + property("MainPID")).text().strip())
                .isEqualTo("culvert");
        assertThat(host.run("grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/" + property("MainPID") + "/status")
                        .text())
                .contains("CapEff:\t0000000000000404", "NoNewPrivs:\t1", "Seccomp:\t2");
        assertThat(host.run(
                                "stat -c '%A %U:%G %n' /var/lib/culvert /var/lib/culvert/{admin.sock,identity} /srv/culvert/main")
                        .succeeded()
                        .text())
                .isEqualTo("""
                        drwxr-x--- culvert:culvert /var/lib/culvert
                        srw-rw---- culvert:culvert /var/lib/culvert/admin.sock
                        drwx------ culvert:culvert /var/lib/culvert/identity
                        drwx------ culvert:culvert /srv/culvert/main
                        """);
        assertThat(host.run("systemctl is-enabled culvert").text().strip()).isEqualTo("enabled");
    }

    @Test
    void aMemberOfTheGroupReplicatesWhatOthersOwnAndRootRestoresItWithOwners() throws Exception {
        awaitStream();
        host.run("member", "culvert status").succeeded();
        CommandResult replicated = host.run("member", "culvert replicate finance --wait --output json")
                .succeeded();
        assertThat(replicated.job().progress().wireSentBytes())
                .as("what the job says that it cost")
                .isGreaterThan(3_000_000);
        String snapshot = replicated.job().snapshot().orElseThrow();

        host.run(BUSAN + "restore " + snapshot + " --to /restore/finance").succeeded();
        assertThat(host.run("diff -r /data/finance /restore/finance && stat -c '%U %a' /restore/finance/reports/2026")
                        .succeeded()
                        .text())
                .isEqualTo("games 600\n");
        host.run("member", "culvert restore " + snapshot + " --peer busan --to ~/finance")
                .succeeded();
        assertThat(host.run("stat -c %U /home/member/finance/ledger").text()).isEqualTo("member\n");
        host.run("member", BUSAN + "verify").succeeded();
        host.run("rm -rf /restore /home/member/finance").succeeded();
    }

    @Test
    void aStrangerIsRefusedWithOneLineThatSaysWhatToDo() throws Exception {
        host.run("stranger", "culvert status").failed(3, "may not read /etc/culvert/site.yaml", "usermod -aG culvert");
        host.run("stranger", "culvert replicate finance").failed(3, "may not read /etc/culvert/site.yaml");

        host.write("/home/stranger/site.yaml", SEOUL_FILE);
        host.run("stranger", "culvert --config ~/site.yaml status")
                .failed(3, "may not open /var/lib/culvert/admin.sock", "usermod -aG culvert");
        CommandResult gateway = host.run("stranger", "culvert --config ~/site.yaml gateway");
        assertThat(gateway.code()).as("%s", gateway).isEqualTo(1);
        assertThat(gateway.messages()).contains("user stranger may not open /var/lib/culvert/gateway.lock");
    }

    @Test
    void reloadReturnsWhenTheNewSiteFileCountsAndAWrongOneIsRefused() throws Exception {
        String pid = property("MainPID");
        String more =
                SEOUL_FILE.replace("checkpoints:", "  notes: {kind: tree, path: /data, replicateTo: []}\ncheckpoints:");
        host.write("/etc/culvert/site.yaml", more);
        // A gateway that had not read it yet would read what takes its place.
        host.run("systemctl reload culvert && cat /root/site.yaml >/etc/culvert/site.yaml")
                .succeeded();
        host.run("member", "culvert dataset show notes").succeeded();

        host.write("/etc/culvert/site.yaml", more + "bogus: 1\n");
        assertThat(host.run("systemctl reload culvert").code()).isPositive();
        assertThat(host.journal("culvert")).contains("`bogus` is not a setting");
        assertThat(property("ActiveState")).isEqualTo("active");
        assertThat(property("MainPID")).as("the process that runs on").isEqualTo(pid);

        host.write("/etc/culvert/site.yaml", SEOUL_FILE);
        host.run("systemctl reload culvert").succeeded();
        assertThat(host.run("culvert dataset show notes").code()).isEqualTo(1);
    }

    /** 111 for the portmapper, 89 for an appliance, and a client's port below 1024 that stays below 1024: all by one capability. */
    @Test
    void relaysPortsBelow1024WithTheRightsOfTheUnit() throws Exception {
        DebianPackage.require("rpcbind", "rpcinfo");
        DebianPackage.require("curl", "curl");
        host.write("/root/hello", "#!/bin/sh\necho hello $REMOTE_PORT\n");
        host.write(
                "/etc/systemd/system/hello.socket", "[Socket]\nListenStream=127.0.0.1:89\nAccept=yes\nNoDelay=yes\n");
        host.write(
                "/etc/systemd/system/hello@.service",
                "[Service]\nExecStart=/bin/sh /root/hello\nStandardInput=socket\nStandardOutput=socket\n");
        host.write(
                "/etc/culvert/busan.yaml",
                BUSAN_FILE.replace("read: [finance]", "read: [finance], connect: [dd]") + """
                appliances:
                  dd: {kind: custom, target: 127.0.0.1, services: {hello: {ports: 89, program: 100005}}}
                """);
        host.write("/etc/culvert/site.yaml", SEOUL_FILE + """
                appliances:
                  dd:
                    kind: custom
                    peer: busan
                    address: 127.0.0.77
                    programs: fixed
                    services:
                      portmapper: {ports: 111, transport: both, program: 100000}
                      hello: {ports: 89, program: 100005}
                """);
        host.run("systemctl daemon-reload; systemctl start hello.socket; systemctl reload culvert culvert-busan")
                .succeeded();
        awaitStream();
        Await.until(
                "the portmapper of the virtual address answers",
                Site.PATIENCE,
                () -> host.run("rpcinfo -p 127.0.0.77").code() == 0);

        assertThat(host.run("rpcinfo -p 127.0.0.77").succeeded().text())
                .containsPattern(" 100000 +2 +tcp +111 ")
                .containsPattern(" 100000 +2 +udp +111 ")
                .containsPattern(" 100005 +\\d+ +tcp +89 ");
        String answer = host.run("curl --silent --max-time 10 --local-port 700-720 telnet://127.0.0.77:89 </dev/null")
                .text();
        assertThat(answer).as("what the target saw").matches("hello \\d+\n");
        assertThat(Integer.parseInt(answer.substring("hello ".length()).strip()))
                .as("the port that the target saw")
                .isLessThan(1024);
        assertThat(host.run("grep CapEff /proc/" + property("MainPID") + "/status")
                        .text())
                .contains("0000000000000404");

        host.write("/etc/culvert/busan.yaml", BUSAN_FILE);
        host.write("/etc/culvert/site.yaml", SEOUL_FILE);
        host.run("systemctl stop hello.socket; systemctl reload culvert culvert-busan")
                .succeeded();
    }

    @Test
    void comesBackAfterSigkillAndItsJobGoesOn() throws Exception {
        awaitStream();
        String pid = property("MainPID");
        String job = host.run("member", "culvert replicate large --output json")
                .succeeded()
                .json()
                .get(0)
                .path("id")
                .asText();
        Await.until("bytes are on their way", Site.PATIENCE, () -> {
            JsonNode now = job(job);
            assertThat(now.path("state").asText()).as("%s", now).isNotEqualTo("done");
            return now.path("progress").path("sourceBytes").longValue() > 1_000_000;
        });
        host.run("kill -KILL " + pid).succeeded();

        Await.until(
                "systemd started it again",
                Site.PATIENCE,
                () -> property("NRestarts").equals("1") && property("SubState").equals("running"));
        assertThat(property("MainPID")).isNotEqualTo(pid);
        Await.until(
                "the job is done",
                Site.PATIENCE,
                () -> job(job).path("state").asText().equals("done"));
    }

    /** What a gateway that runs knows of it, else nothing. */
    private static JsonNode job(String id) throws Exception {
        CommandResult shown = host.run("culvert job show " + id + " --output json");
        return shown.code() == 0 ? shown.json() : MissingNode.getInstance();
    }

    @Test
    void stopsAtOnceAndInOrder() throws Exception {
        long began = System.nanoTime();
        host.run("systemctl stop culvert").succeeded();
        assertThat(System.nanoTime() - began).as("nanoseconds to stop").isLessThan(10_000_000_000L);

        assertThat(property("Result")).isEqualTo("success");
        assertThat(property("ActiveState")).isEqualTo("inactive");
        host.run("test ! -e /var/lib/culvert/admin.sock").succeeded();
        host.run("member", "culvert status").failed(4, "no gateway answers", "systemctl start culvert");
        String said =
                host.run("journalctl -u culvert --no-pager -o cat -p 6..6").text();
        assertThat(said).contains("the gateway is ready", "the gateway is ending");
        assertThat(host.run("journalctl -u culvert --no-pager -o cat").text())
                .doesNotContain("\tat ", "Exception")
                .doesNotContainPattern("(?m)^<[0-7]>");
    }

    private static void awaitStream() throws Exception {
        Await.until(
                "the stream is up",
                Site.PATIENCE,
                () -> host.run("culvert peer list").text().matches("(?s).*busan +up .*"));
    }

    private static String property(String name) throws Exception {
        return host.run("systemctl show --value --property=" + name + " culvert")
                .succeeded()
                .text()
                .strip();
    }
}
