package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.probe.ProbePlan;
import io.culvert.gateway.testing.CommandResult;
import io.culvert.gateway.testing.FaultyPaths;
import io.culvert.gateway.testing.FaultyPaths.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The command in a network namespace against real programs in another one, with each fault in between, and the verdict that each must give. All of
 * them are probed at a time, because a probe mostly waits.
 */
final class ProbeIT {

    private static final int HEALTHY_RUNS = 20;
    private static final List<String> HEALTHY =
            List.of("--host", Fault.NONE.address(), "--port", "111", "8443", "--ca", "ca.pem");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private static Path directory;

    private static @Nullable FaultyPaths paths;
    private static final List<CommandResult> RESULTS = new ArrayList<>();

    /** What is probed, and what is to come of it. */
    private record Case(String name, String verdict, String confidence, String evidence, List<String> arguments) {
        static Case of(String name, String verdict, String confidence, String evidence, String... arguments) {
            return new Case(name, verdict, confidence, evidence, List.of(arguments));
        }

        static Case at(Fault fault, String verdict, String evidence, String... more) {
            List<String> arguments = new ArrayList<>(List.of("--host", fault.address(), "--port", "111", "8443"));
            arguments.addAll(List.of(more));
            return new Case(fault.name(), verdict, "high", evidence, arguments);
        }

        @Override
        public String toString() {
            return name + " is " + verdict;
        }
    }

    /** All that a person may ask for at a time, where each step takes as long as it can. */
    private static final Case EVERYTHING = Case.of(
            "everything",
            "firewall-drop",
            "high",
            "none of the 8 addresses",
            "--host",
            FaultyPaths.EVERYTHING,
            "--port",
            "111",
            "8443",
            "--tls",
            "8446",
            "--appliance",
            "datadomain",
            "--ca",
            "ca.pem");

    private static final Case TWO_QUARANTINES = Case.of(
            "two quarantines",
            "ips-quarantine",
            "high",
            "port 111, which answered just before",
            "--host",
            FaultyPaths.TWO_QUARANTINES,
            "--port",
            "111",
            "8443");

    private static final Case NOTHING = Case.of(
            "nothing",
            "firewall-drop",
            "low",
            "none of the 2 addresses",
            "--host",
            FaultyPaths.NOTHING,
            "--port",
            String.join(
                    ",",
                    IntStream.range(1_000, 1_000 + ProbePlan.MAX_PORTS)
                            .mapToObj(String::valueOf)
                            .toList()));

    static Stream<Case> cases() {
        String none = Fault.NONE.address();
        return Stream.of(
                Case.at(Fault.QUARANTINE, "ips-quarantine", "echo requests, port 8443, port 111", "--trigger"),
                Case.at(Fault.DROP_AND_QUARANTINE, "ips-quarantine", "echo requests, port 8443, port 111"),
                TWO_QUARANTINES,
                Case.of("a name", "dns", "high", "", "--host", "no-such-host.invalid", "--port", "111"),
                Case.at(Fault.DROP, "firewall-drop", "port 8443: no answer"),
                Case.of(
                        "all",
                        "firewall-drop",
                        "low",
                        "no answer",
                        "--host",
                        Fault.DROP_ALL.address(),
                        "--port",
                        "111"),
                Case.at(Fault.RESET, "firewall-rst", "fewer hops"),
                Case.at(Fault.PROHIBIT, "admin-prohibited", "code 13"),
                Case.of("unrouted", "no-route", "high", "10.79.1.1", "--host", FaultyPaths.UNROUTED, "--port", "111"),
                Case.of("absent", "no-route", "high", "unreachable", "--host", FaultyPaths.ABSENT, "--port", "111"),
                Case.of("stopped", "service-down", "high", "nothing listens", "--host", none, "--port", "2049", "111"),
                Case.of("alone", "service-down", "high", "nothing listens", "--host", none, "--port", "2049"),
                Case.at(Fault.DROP_CALL, "ips-payload-drop", "60 bytes stay in the send queue"),
                Case.at(Fault.DROP_REPLY, "ips-payload-drop", "the reply that is dropped"),
                Case.at(Fault.KILL_SESSION, "ips-session-drop", "and then nothing more"),
                Case.at(Fault.RESET_CALL, "ips-reset", "by something nearer than the host"),
                Case.at(Fault.BLACK_HOLE, "mtu-blackhole", "above 1400 bytes vanish on the way there"),
                Case.of(
                        "inward",
                        "mtu-blackhole",
                        "medium",
                        "above 1200 bytes vanish on the way here",
                        "--host",
                        Fault.BLACK_HOLE_INWARD.address(),
                        "--tls",
                        "8445",
                        "--ca",
                        "large.pem"),
                Case.at(Fault.INSPECT_TLS, "tls-interception", "CN=Corp inspection", "--ca", "ca.pem"),
                Case.of("alpn", "alpn-stripped", "high", "h2", "--host", none, "--tls", "8444", "--ca", "ca.pem"),
                Case.of(
                        "ca",
                        "certificate",
                        "high",
                        "not signed",
                        "--host",
                        none,
                        "--tls",
                        "8443",
                        "--ca",
                        "other.pem"),
                Case.of(
                        "loss",
                        "slow-path",
                        "medium",
                        "echo requests got no answer",
                        "--host",
                        Fault.LOSE.address(),
                        "--port",
                        "111"),
                Case.of(
                        "RESET_HELLO",
                        "ips-reset",
                        "high",
                        "behind the ClientHello, by something nearer than the host",
                        "--host",
                        Fault.RESET_HELLO.address(),
                        "--port",
                        "111",
                        "--tls",
                        "8446",
                        "--ca",
                        "ca.pem"),
                Case.of(
                        "two addresses",
                        "firewall-drop",
                        "high",
                        Fault.NONE.address() + " works, of the 2 addresses",
                        "--host",
                        FaultyPaths.TWO,
                        "--port",
                        "111",
                        "8443"),
                Case.of(
                        "IPv6 and IPv4",
                        "firewall-drop",
                        "high",
                        Fault.NONE.address() + " works, of the 2 addresses",
                        "--host",
                        FaultyPaths.SIX_AND_FOUR,
                        "--port",
                        "8443"),
                EVERYTHING,
                NOTHING,
                Case.at(Fault.NO_ICMP, "ok", "nothing here needs"));
    }

    @BeforeAll
    static void probeAll() throws Exception {
        FaultyPaths open = FaultyPaths.open(directory);
        paths = open;
        List<List<String>> lines = new ArrayList<>();
        cases().forEach(one -> lines.add(one.arguments()));
        for (int run = 0; run < HEALTHY_RUNS; run++) {
            lines.add(HEALTHY);
        }
        Path messages = directory.resolve("runs.err");
        Process runs = open.begin(ProbeRuns.class.getName(), messages);
        try (var out = runs.outputWriter()) {
            for (List<String> line : lines) {
                out.write("probe --output json " + String.join(" ", line) + "\n");
            }
        }
        try (var in = runs.inputReader()) {
            for (String line : in.lines().toList()) {
                RESULTS.add(ProbeRuns.read(line));
            }
        }
        assertThat(RESULTS).as(Files.readString(messages)).hasSameSizeAs(lines);
    }

    @AfterAll
    static void close() throws Exception {
        if (paths != null) {
            paths.close();
        }
    }

    private static CommandResult result(List<String> arguments) {
        String command = "probe --output json " + String.join(" ", arguments);
        return RESULTS.stream()
                .filter(result -> result.command().equals(command))
                .findFirst()
                .orElseThrow();
    }

    /** The program itself, once. */
    @Test
    void theProgramEndsWithTheVerdictsExitCode() throws Exception {
        FaultyPaths open = Objects.requireNonNull(paths);
        assertThat(open.probe(HEALTHY.toArray(String[]::new))
                        .succeeded()
                        .json()
                        .path("verdict")
                        .asText())
                .isEqualTo("ok");
        open.probe("--host", Fault.PROHIBIT.address(), "--port", "8443")
                .failed(1, "culvert: admin-prohibited: ", "Ask the firewall team");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void namesTheLayerThatBlocks(Case one) throws Exception {
        CommandResult result = result(one.arguments());
        JsonNode json = result.json();
        assertThat(json.path("verdict").asText()).as("%s %s", result, json).isEqualTo(one.verdict());
        assertThat(json.path("confidence").asText()).as("%s", json).isEqualTo(one.confidence());
        assertThat(json.path("evidence").toString()).contains(one.evidence());
        assertThat(json.path("steps").isEmpty()).isFalse();
        assertThat(result.code()).isEqualTo(one.verdict().equals("ok") ? 0 : 1);
        if (result.code() == 1) {
            result.failed(1, "culvert: " + one.verdict() + ": ", "Ask ");
            assertThat(json.path("ask").asText()).startsWith("Ask ");
        }
    }

    /** As the contract has it; all of the runs are at a time, on a machine that has other work as well. */
    @Test
    void endsWithinAMinuteWhateverIsDropped() throws Exception {
        assertThat(RESULTS).noneMatch(result -> result.messages().contains("it took "));
        JsonNode nothing = result(NOTHING.arguments()).json();
        assertThat(nothing.path("evidence").toString()).doesNotContain("no time");
        List<String> targets = new ArrayList<>();
        result(EVERYTHING.arguments())
                .json()
                .path("steps")
                .forEach(step -> targets.add(
                        step.path("step").asText() + " " + step.path("target").asText()));
        assertThat(targets)
                .contains(
                        "connect " + Fault.DROP.address() + ", port 8443",
                        "mtu " + Fault.BLACK_HOLE.address() + ", port 111",
                        "payload " + Fault.DROP_CALL.address() + ", port 111, text");
    }

    @Test
    void sendsNoFurtherCallBehindOneThatCostAQuarantine() throws Exception {
        JsonNode json = result(TWO_QUARANTINES.arguments()).json();
        List<String> calls = new ArrayList<>();
        json.path("steps").forEach(step -> {
            if (step.path("target").asText().endsWith("rpc call")) {
                calls.add(step.path("target").asText());
            }
        });
        assertThat(calls).as("%s", json).hasSize(1);
        assertThat(json.path("steps").toString()).contains("not tested: no RPC call was sent: ");
    }

    @Test
    void countsTheSecondsOfAQuarantineAndTracesRoutesInIt() throws Exception {
        JsonNode json = result(cases().toList().getFirst().arguments()).json();
        // each transmission of the call that gets to the router would renew it, but those behind the first do not
        assertThat(json.path("quarantineSeconds").asDouble())
                .isBetween((double) FaultyPaths.QUARANTINE_SECONDS - 1, FaultyPaths.QUARANTINE_SECONDS + 15.0);
        List<String> routes = new ArrayList<>();
        json.path("steps").forEach(step -> {
            if (step.path("step").asText().equals("route")) {
                routes.add(step.path("target").asText() + ": " + step.path("details"));
            }
        });
        assertThat(routes).hasSize(2);
        assertThat(routes.getFirst()).contains("idle", "10.79.1.1", Fault.QUARANTINE.address());
        assertThat(routes.getLast()).contains("under trigger", "10.79.1.1").doesNotContain(Fault.QUARANTINE.address());
    }

    @Test
    void raisesNoFalseAlarmOnAHealthyPath() throws Exception {
        String command = "probe --output json " + String.join(" ", HEALTHY);
        List<CommandResult> runs = RESULTS.stream()
                .filter(result -> result.command().equals(command))
                .toList();
        assertThat(runs).hasSize(HEALTHY_RUNS);
        for (CommandResult run : runs) {
            assertThat(run.succeeded().json().path("verdict").asText()).isEqualTo("ok");
            assertThat(run.messages()).isEmpty();
        }
    }
}
