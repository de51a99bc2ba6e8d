package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoNetworks;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Unmodified RPC and NFS clients use a server at the other site through two gateways, past an IPS that kills every RPC call. */
@Waiting
final class RelayIT {

    /** How much is copied each way; {@code culvert.relay.mebibytes} makes it gigabytes. */
    private static final long BYTES = Long.getLong("culvert.relay.mebibytes", 128) << 20;

    private static final long SMALL_BYTES = 8 << 20;
    private static final int CUT_BYTES = 64 << 20;
    private static final Duration HOLE = Duration.ofSeconds(60);

    @RegisterExtension
    static final TwoSites SITES = new TwoSites(new Workshop());

    private static TwoNetworks networks;
    private static int copied;

    @BeforeAll
    static void start() throws Exception {
        networks = TwoNetworks.open(Files.createDirectories(SITES.directory().resolve("networks")));
        SITES.near().listenAt(TwoNetworks.A);
        SITES.near().startThrough(networks.within("a"));
        SITES.near().settings("""
                appliances:
                  dd: {kind: nfs, peer: far, address: %1$s, services: {mountd: {ports: 2052, program: 100005}}}
                  nowhere: {kind: datadomain, peer: far, address: 10.99.0.7}
                  other: {kind: custom, peer: far, address: %2$s, services: {web: {ports: 8080}}}
                """.formatted(TwoNetworks.VIRTUAL, TwoNetworks.OTHER_VIRTUAL));
        SITES.far().listenAt(TwoNetworks.B);
        SITES.far().startThrough(networks.within("b"));
        SITES.far().settings("""
                grants: {near: {connect: [dd]}}
                appliances:
                  dd: {kind: nfs, target: %1$s, services: {mountd: {ports: 2052, program: 100005}}}
                  other: {kind: custom, target: %1$s, services: {web: {ports: 8080}}}
                """.formatted(TwoNetworks.B));
        SITES.startAndEnrol();
    }

    @AfterAll
    static void end() throws Exception {
        SITES.near().close();
        SITES.far().close();
        if (networks != null) {
            networks.close();
        }
    }

    @Test
    void clientsWorkAsIfTheServerWereHereAndTheIpsSeesNoCall() throws Exception {
        callDirectly();
        long seen = networks.callsSeen();
        assertThat(seen).isPositive();

        awaitVirtualAddress();
        assertThat(at("rpcinfo -p " + TwoNetworks.VIRTUAL))
                .contains("100003    3   tcp   2049  nfs", "100005    3   tcp   2052");
        assertThat(at("rpcinfo -s " + TwoNetworks.VIRTUAL)).contains("100003  4,3", "superuser");
        assertThat(at("rpcinfo -l " + TwoNetworks.VIRTUAL + " 100003 3")).contains(TwoNetworks.VIRTUAL + ".8.1");
        assertThat(at("rpcinfo -T tcp " + TwoNetworks.VIRTUAL + " 100005 3")).contains("ready and waiting");

        copyBothWays(BYTES);
        assertThat(at("nfs-ls 'nfs://" + TwoNetworks.VIRTUAL + "/backup?version=4'"))
                .contains("" + BYTES, "file");

        assertThat(SITES.near().run("service", "list").succeeded().text())
                .containsPattern("appliance +dd +near/1 +up")
                .containsPattern("dd +100003 +nfs +3, 4 +tcp +2049 +learned")
                .containsPattern("dd +100005 +mountd +1, 3 +tcp +2052 +learned");
        whatIsRelayedIsSeenAtBothSites();
        assertThat(networks.callsSeen()).as("calls that the IPS saw").isEqualTo(seen);
        assertThat(networks.connections()).as("between the sites").hasSize(1);
    }

    /** A connection that is open now; and of those that are over, their bytes. */
    private static void whatIsRelayedIsSeenAtBothSites() throws Exception {
        Process held = networks.start(
                "a", "open", "bash", "-c", "exec 3<>/dev/tcp/" + TwoNetworks.VIRTUAL + "/2052; read -u 3 line");
        try {
            String row = TwoNetworks.VIRTUAL + ":\\d+ +dd:2052 +%s +carried +\\d+s +0 B +0 B +0 B/s +0 B ";
            Await.until(
                    "it is seen",
                    Site.PATIENCE,
                    () -> text(SITES.far(), "service", "list").matches("(?s).*" + row.formatted("near") + ".*"));
            assertThat(text(SITES.near(), "service", "list")).containsPattern(row.formatted("far"));
            assertThat(text(SITES.near(), "status"))
                    .containsPattern("\ndd +far +" + TwoNetworks.VIRTUAL + " +up +1 +0 +");
            assertThat(text(SITES.far(), "status")).containsPattern("\ndd +near +" + TwoNetworks.B + " +up +1 +0 +");
        } finally {
            held.destroyForcibly().waitFor();
        }
        JsonNode near = figures(SITES.near());
        JsonNode far = figures(SITES.far());
        for (String direction : List.of("toPeerBytes", "fromPeerBytes")) {
            assertThat(near.get(direction).asLong()).isBetween((long) BYTES, BYTES + (8L << 20));
        }
        assertThat(far.get("fromPeerBytes").asLong()).isGreaterThanOrEqualTo(BYTES);
        assertThat(near.get("opened").asLong()).isGreaterThan(5);
        Pattern sum = Pattern.compile("culvert_relay_bytes_total\\{appliance=\"dd\",direction=\"to-peer\"} (\\S+)");
        Matcher matcher = sum.matcher(SITES.near().metrics());
        assertThat(matcher.find()).isTrue();
        assertThat(Double.parseDouble(matcher.group(1))).isGreaterThanOrEqualTo(BYTES);
    }

    private static String text(Site site, String... command) {
        return site.run(command).succeeded().text();
    }

    private static JsonNode figures(Site site) throws Exception {
        for (JsonNode service :
                site.run("service", "list", "--output", "json").succeeded().json()) {
            if (service.get("name").asText().equals("dd")) {
                return service.get("appliance").get("status").get("figures");
            }
        }
        throw new AssertionError("dd is not listed");
    }

    private static void copyBothWays(long bytes) throws Exception {
        String name = "file" + ++copied; // nfs-cp writes over nothing
        Path sent = SITES.data().resolve("sent");
        Path back = SITES.data().resolve("back");
        writeNoise(sent, bytes);
        String file = "nfs://" + TwoNetworks.VIRTUAL + "/backup/" + name + "?version=3";
        assertThat(networks.start("a", "to", "nfs-cp", sent.toString(), file).waitFor())
                .as("exit code")
                .isZero();
        assertThat(Files.mismatch(sent, networks.export().resolve(name))).isEqualTo(-1);
        Files.delete(sent);
        assertThat(networks.start("a", "from", "nfs-cp", file, back.toString()).waitFor())
                .as("exit code")
                .isZero();
        assertThat(back).hasSize(bytes);
        assertThat(Files.mismatch(back, networks.export().resolve(name))).isEqualTo(-1);
        Files.delete(back);
    }

    private static void writeNoise(Path file, long bytes) throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        byte[] piece = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long at = 0; at < bytes; at += piece.length) {
                random.nextBytes(piece);
                out.write(piece);
            }
        }
    }

    /** A stream that begins while it is captured, so that what inspects packets sees all of it. */
    @Test
    void whatInspectsPacketsBetweenTheSitesSeesOneTlsConnectionAndNothingElse() throws Exception {
        awaitVirtualAddress();
        String before = networks.connections().getFirst();
        String ports = before.replaceAll("^.*?:(\\d+)\\s.*:(\\d+)\\s*$", "(tcp port $1 and tcp port $2)");
        try (TwoNetworks.Capture capture = networks.capture("host " + TwoNetworks.B + " and not " + ports)) {
            assertThat(networks.at("a", "ss -K dst " + TwoNetworks.B)).isPresent();
            Await.until(
                    "another stream",
                    Site.PATIENCE,
                    () -> networks.connections().size() == 1
                            && !networks.connections().getFirst().equals(before));
            awaitVirtualAddress();
            assertThat(at("rpcinfo -p " + TwoNetworks.VIRTUAL)).contains("nfs");
            assertThat(at("rpcinfo -T tcp " + TwoNetworks.VIRTUAL + " 100005 3"))
                    .contains("ready and waiting");
            copyBothWays(SMALL_BYTES);
            assertThat(capture.flows())
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .contains("TCP ", TwoNetworks.A + ":", TwoNetworks.B + ":", "TLS]", "[Confidence: DPI]");
        }
    }

    @Test
    void theRelayWorksPastAnIpsThatCutsHostsOffAfterOneCall() throws Exception {
        awaitVirtualAddress();
        networks.quarantines(true);
        try {
            assertThat(at("rpcinfo -T tcp " + TwoNetworks.VIRTUAL + " 100003 3"))
                    .contains("ready and waiting");
            copyBothWays(SMALL_BYTES);
            assertThat(networks.quarantined()).isEmpty();

            String connect = "timeout 3 bash -c '</dev/tcp/" + TwoNetworks.B + "/2049'";
            assertThat(networks.at("a", connect)).as("before").isPresent();
            callDirectly();
            assertThat(networks.quarantined()).contains(TwoNetworks.A + " . " + TwoNetworks.B);
            assertThat(networks.at("a", connect)).as("behind one call").isEmpty();
        } finally {
            networks.quarantines(false);
        }
        awaitVirtualAddress();
    }

    /** Past the gateways, through the IPS, which lets no answer come; of the call nothing is left that would be sent again. */
    private static void callDirectly() throws Exception {
        assertThat(networks.at("a", "timeout -s KILL 3 rpcinfo -T tcp " + TwoNetworks.B + " 100003 3"))
                .isEmpty();
        networks.at("a", "ss -K dst " + TwoNetworks.B + " dport 111");
        networks.at("a", "ss -K dst " + TwoNetworks.B + " dport 2049");
    }

    private static void awaitVirtualAddress() throws Exception {
        Await.until(
                "the virtual address answers",
                Site.PATIENCE,
                () -> networks.at("a", "rpcinfo -T tcp " + TwoNetworks.VIRTUAL + " 100003 3")
                        .isPresent());
    }

    @Test
    void anAddressThatIsMissingIsNamedWithTheCommandThatGivesIt() throws Exception {
        String advice =
                "this host has not the address 10.99.0.7 of nowhere; \"ip addr add 10.99.0.7/32 dev lo\" gives it";
        Await.until(
                "it was tried",
                Site.PATIENCE,
                () -> SITES.near().run("status").succeeded().text().contains(advice));
        assertThat(SITES.near().run("service", "list").succeeded().text())
                .containsPattern("appliance +nowhere +near/1 +down .*" + Pattern.quote(advice));

        assertThat(networks.at("a", "ip addr add 10.99.0.7/32 dev lo")).isPresent();

        Await.until(
                "it is served without a restart",
                Site.PATIENCE,
                () -> SITES.near()
                        .run("service", "list")
                        .succeeded()
                        .text()
                        .matches(
                                "(?s).*appliance +nowhere +near/1 +degraded .*near may not connect to nowhere at far.*"));
    }

    /** A black hole in the middle of twenty copies, of which none notices anything but the time. */
    @Test
    void twentyCopiesSurviveAMinuteInWhichNothingPasses() throws Exception {
        Path sent = SITES.data().resolve("sent-during-cut");
        byte[] noise = new byte[CUT_BYTES];
        new SplittableRandom(9).nextBytes(noise);
        Files.write(sent, noise);
        Files.copy(sent, networks.export().resolve("there"));
        String server = "nfs://" + TwoNetworks.VIRTUAL + "/backup/";
        List<Process> copies = new ArrayList<>();
        List<Path> targets = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Path back = SITES.data().resolve("back" + i);
            copies.add(networks.start("a", "to" + i, "nfs-cp", sent.toString(), server + "to" + i + "?version=3"));
            copies.add(networks.start("a", "from" + i, "nfs-cp", server + "there?version=3", back.toString()));
            targets.add(networks.export().resolve("to" + i));
            targets.add(back);
        }
        Await.until(
                "all are in the middle",
                Site.PATIENCE,
                () -> targets.stream().allMatch(target -> bytes(target) > CUT_BYTES / 20));
        networks.blackHole(true);
        Instant enough = Instant.now().plus(HOLE);
        Await.until(
                "a minute has passed",
                HOLE.plus(Site.PATIENCE),
                () -> Instant.now().isAfter(enough));
        assertThat(targets).as("still under way").anyMatch(target -> bytes(target) < CUT_BYTES);
        networks.blackHole(false);
        for (Process copy : copies) {
            assertThat(copy.waitFor()).as("exit code").isZero();
        }
        for (Path target : targets) {
            assertThat(Files.mismatch(sent, target)).as("%s", target).isEqualTo(-1);
        }
    }

    private static long bytes(Path file) {
        return file.toFile().length();
    }

    private static String at(String command) throws Exception {
        return networks.at("a", command).orElseThrow(() -> new AssertionError("failed: " + command));
    }

    @Test
    void aPeerReachesOnlyWhatItWasGranted() throws Exception {
        Await.until(
                "the port is there",
                Site.PATIENCE,
                () -> networks.at("a", "ss -Hltn sport = 8080")
                        .filter(listed -> !listed.isEmpty())
                        .isPresent());
        assertThat(networks.at(
                        "a", "bash -c 'exec 3<>/dev/tcp/" + TwoNetworks.OTHER_VIRTUAL + "/8080; read -t 20 -u 3 line'"))
                .isEmpty();
        Await.until(
                "the refusal is logged",
                Site.PATIENCE,
                () -> SITES.far()
                        .logText()
                        .contains("peer near may not connect to other at far; grants: {near: {connect: [other]}}"));
        Await.until(
                "the client's site says so",
                Site.PATIENCE,
                () -> text(SITES.near(), "status")
                        .matches("(?s).*\nother +far +" + Pattern.quote(TwoNetworks.OTHER_VIRTUAL)
                                + " [^\n]* is reset: peer near may not connect to other at far.*"));
    }
}
