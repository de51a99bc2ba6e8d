package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.CulvertProgram;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rendered rules in the kernel of a router between two sites: what they let through, what they stop and count, and that they go away again.
 *
 * <pre>
 *   seoul 10.78.5.2, fd78:5::2 ── router with the rules ── busan 10.78.6.2, fd78:6::2      seoul dials
 * </pre>
 */
@Timeout(120)
final class RulesInNetworksIT {

    private static final String SEOUL = "10.78.5.2";
    private static final String BUSAN = "10.78.6.2";
    private static final String BUSAN_6 = "fd78:6::2";
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Says "here" to whoever connects at one of the ports, and notes each datagram to 111. */
    private static final String LISTENER = """
            import selectors, socket, sys
            s = selectors.DefaultSelector()
            for port in (8443, 9000, 111, 2049, 2051):
                t = socket.socket(socket.AF_INET6)
                t.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                t.bind(("::", port)); t.listen(); s.register(t, selectors.EVENT_READ)
            u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            u.bind(("::", 111)); s.register(u, selectors.EVENT_READ)
            print("ready", flush=True)
            while True:
                for key, _ in s.select():
                    if key.fileobj is u:
                        print("datagram", u.recv(100), flush=True)
                    else:
                        c, _ = key.fileobj.accept(); c.sendall(b"here\\n"); c.close()
            """;

    @TempDir
    private Path directory;

    private final String prefix = "cvr" + ProcessHandle.current().pid();
    private final List<Process> listeners = new ArrayList<>();
    private @Nullable Path siteFile;

    @BeforeEach
    void makeNetwork() throws Exception {
        assumeTrue(Shell.isRoot(), "skipped: network namespaces need root");
        DebianPackage.require("iproute2", "ip");
        DebianPackage.require("nftables", "nft", "nftables.service");
        DebianPackage.require("iptables", "iptables-restore");
        DebianPackage.require("python3", "python3");
        run("""
                for n in s r b; do ip netns add %1$s$n; ip -n %1$s$n link set lo up; done
                ip link add e0 netns %1$ss type veth peer name e1 netns %1$sr
                ip link add e0 netns %1$sb type veth peer name e2 netns %1$sr
                ip netns exec %1$sr sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
                for l in "s e0 5 2" "r e1 5 1" "r e2 6 1" "b e0 6 2"; do
                  set -- $l; ip -n %1$s$1 link set $2 up
                  ip -n %1$s$1 addr add 10.78.$3.$4/24 dev $2; ip -n %1$s$1 addr add fd78:$3::$4/64 dev $2 nodad
                done
                ip -n %1$ss route add default via 10.78.5.1; ip -n %1$sb route add default via 10.78.6.1
                ip -n %1$ss -6 route add default via fd78:5::1; ip -n %1$sb -6 route add default via fd78:6::1
                """);
        Files.writeString(directory.resolve("listener.py"), LISTENER);
        siteFile = Files.writeString(directory.resolve("site.yaml"), """
                site: seoul
                stateDir: "%s"
                peers: {busan: {dial: true, endpoint: "10.78.6.2:8443"}}
                rules:
                  reason: 'a "reason" with \\ and ; in it'
                  addresses: {seoul: [10.78.5.2, "fd78:5::2"], busan: [10.78.6.2, "fd78:6::2"]}
                  networks: {seoul: 10.78.55.0/24}
                """.formatted(directory.resolve("state")));
        for (String site : List.of("s", "b")) {
            listeners.add(new ProcessBuilder("ip", "netns", "exec", prefix + site, "python3", "listener.py")
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("listener." + site).toFile())
                    .start());
            Await.until(site + " listens", SOON, () -> heard(site).contains("ready"));
        }
    }

    @AfterEach
    void removeNetwork() throws Exception {
        for (Process listener : listeners) {
            listener.destroyForcibly().waitFor();
        }
        run("for n in s r b; do ip netns del %1$s$n 2>/dev/null || true; done");
    }

    private String run(String script) throws IOException, InterruptedException {
        return new String(Shell.run(directory, script.replace("%1$s", prefix)), StandardCharsets.UTF_8);
    }

    private String heard(String site) throws IOException {
        return Files.readString(directory.resolve("listener." + site));
    }

    /** How a command of Culvert at the router ends, and all that it prints. */
    private record Ended(int code, String printed) {}

    private Ended culvert(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", prefix + "r"));
        command.addAll(CulvertProgram.command());
        command.addAll(List.of("--config", String.valueOf(siteFile)));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), printed);
    }

    private void render(String format, String file, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "rules",
                "render",
                "--format",
                format,
                "--out",
                directory.resolve(file).toString()));
        arguments.addAll(List.of(more));
        Ended rendered = culvert(arguments.toArray(String[]::new));
        assertThat(rendered.code()).as(rendered.printed()).isZero();
    }

    /** Which of these connect, tried at once: each {@code SITE ADDRESS PORT}. */
    private List<String> connecting(String... attempts) throws Exception {
        StringBuilder script = new StringBuilder();
        for (String attempt : attempts) {
            String[] words = attempt.split(" ");
            script.append("(timeout 2 ip netns exec %1$s" + words[0] + " bash -c 'read -r x < /dev/tcp/" + words[1]
                    + "/" + words[2] + "; [ \"$x\" = here ]' 2>/dev/null && echo '" + attempt + "') &\n");
        }
        return run(script + "wait").lines().sorted().toList();
    }

    private static final String[] ALL = {
        "b " + SEOUL + " 111",
        "b " + SEOUL + " 2049",
        "b " + SEOUL + " 8443",
        "b fd78:5::2 8443",
        "s " + BUSAN + " 111",
        "s " + BUSAN + " 2049",
        "s " + BUSAN + " 2051",
        "s " + BUSAN + " 8443",
        "s " + BUSAN + " 9000",
        "s " + BUSAN_6 + " 2049",
        "s " + BUSAN_6 + " 8443"
    };

    private void assertOnlyTheStreamPasses() throws Exception {
        assertThat(connecting(ALL)).containsExactly("s " + BUSAN + " 8443", "s " + BUSAN_6 + " 8443");
        int before = heard("b").split("datagram", -1).length;
        run("ip netns exec %1$ss bash -c 'echo call > /dev/udp/" + BUSAN + "/111'");
        run("ip netns exec %1$ss ping -c 1 -W 2 " + BUSAN + "; ip netns exec %1$ss ping -c 1 -W 2 " + BUSAN_6);
        assertThat(heard("b").split("datagram", -1)).hasSize(before);
    }

    private long counted(String nft, String target) {
        Matcher counter = Pattern.compile("counter packets (\\d+) bytes \\d+ goto " + target)
                .matcher(nft);
        long sum = 0;
        while (counter.find()) {
            sum += Long.parseLong(counter.group(1));
        }
        return sum;
    }

    @Test
    void nftablesLetTheStreamPassInTheDirectionThatDialsAndStopAndCountTheRest() throws Exception {
        assertThat(connecting(ALL)).as("without rules").hasSize(ALL.length);
        render("nftables", "rules.nft");
        render("nftables", "remove.nft", "--remove");
        run("ip netns exec %1$sr nft -f rules.nft");
        String once = run("ip netns exec %1$sr nft -s list ruleset");
        run("ip netns exec %1$sr nft -f rules.nft");
        assertThat(run("ip netns exec %1$sr nft -s list ruleset")).isEqualTo(once);

        assertOnlyTheStreamPasses();
        String listed = run("ip netns exec %1$sr nft list table inet culvert");
        assertThat(counted(listed, "ports")).isGreaterThanOrEqualTo(6); // five ports, and the datagram
        assertThat(counted(listed, "others")).isGreaterThanOrEqualTo(3);

        assertDiffNamesWhatIsGoneAndWhatCame();

        run("ip netns exec %1$sr nft -f remove.nft; ip netns exec %1$sr nft -f remove.nft");
        assertThat(run("ip netns exec %1$sr nft list ruleset")).isEmpty();
        assertThat(connecting(ALL)).hasSize(ALL.length);
        Ended gone = culvert("rules", "diff");
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.printed().lines())
                .allMatch(line -> line.startsWith("missing  "))
                .hasSizeGreaterThan(15);
    }

    private void assertDiffNamesWhatIsGoneAndWhatCame() throws Exception {
        Ended same = culvert("rules", "diff");
        assertThat(same.printed()).isEqualTo("the same\n");
        assertThat(same.code()).isZero();
        run("ip netns exec %1$sr nft -a list chain inet culvert sites > listed;"
                + " handle=$(grep 'dport 8443' listed | head -n 1 | sed 's/.*handle //');"
                + " ip netns exec %1$sr nft delete rule inet culvert sites handle $handle;"
                + " ip netns exec %1$sr nft insert rule inet culvert sites tcp dport 22 accept");
        Ended different = culvert("rules", "diff");
        assertThat(different.printed()).isEqualTo("""
                missing  sites: ip saddr {10.78.5.2} ip daddr {10.78.6.2} tcp dport {8443} ct state {established,new} counter accept
                extra    sites: tcp dport {22} accept
                """);
        assertThat(different.code()).isEqualTo(1);

        run("ip netns exec %1$sr nft -j list table inet culvert > of-another-host");
        assertThat(culvert(
                                "rules",
                                "diff",
                                "--file",
                                directory.resolve("of-another-host").toString())
                        .printed())
                .isEqualTo(different.printed());
    }

    @Test
    void iptablesDoTheSame() throws Exception {
        render("iptables", "rules.txt");
        render("iptables", "remove.sh", "--remove");
        String load = "ip netns exec %1$sr iptables-restore --noflush rules.txt;"
                + " ip netns exec %1$sr ip6tables-restore --noflush rules.txt;"
                + " for i in iptables ip6tables; do ip netns exec %1$sr $i -C FORWARD -j CULVERT 2>/dev/null"
                + " || ip netns exec %1$sr $i -I FORWARD -j CULVERT; done;";
        String list = "for i in iptables-save ip6tables-save; do ip netns exec %1$sr $i | grep -v '^#'; done";
        run(load);
        String once = run(list);
        run(load);
        assertThat(run(list)).isEqualTo(once);
        assertOnlyTheStreamPasses();

        Ended same = culvert("rules", "diff", "--format", "iptables");
        assertThat(same.printed()).isEqualTo("the same\n");
        run("ip netns exec %1$sr ip6tables -D CULVERT 1; ip netns exec %1$sr iptables -A CULVERT -j ACCEPT");
        Ended different = culvert("rules", "diff", "--format", "iptables");
        assertThat(different.code()).isEqualTo(1);
        assertThat(different.printed()).isEqualTo("""
                missing  ip6tables: -A CULVERT -s fd78:5::2/128 -d fd78:6::2/128 -p tcp -m tcp --dport 8443 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT
                extra    iptables: -A CULVERT -j ACCEPT
                """);

        run("ip netns exec %1$sr sh remove.sh; ip netns exec %1$sr sh remove.sh");
        assertThat(run(list)).doesNotContain("CULVERT");
        assertThat(connecting(ALL)).hasSize(ALL.length);
    }

    @Test
    void whoMayNotReadTheRulesIsToldSo() throws Exception {
        List<String> command = new ArrayList<>(CulvertProgram.command());
        command.addAll(List.of("--config", "site.yaml", "rules", "diff"));
        String quoted =
                String.join(" ", command.stream().map(word -> "'" + word + "'").toList());
        String without = "ip netns exec %1$sr setpriv --bounding-set=-net_admin --inh-caps=-net_admin " + quoted;
        assertThat(run(without + " 2>&1 || echo $?"))
                .isEqualTo(
                        "culvert: only root may read what is loaded (nft): run it as root, or give a list with --file\n1\n");
        assertThat(run(without + " --format iptables 2>&1 || echo $?"))
                .isEqualTo(
                        "culvert: only root may read what is loaded (iptables-save): run it as root, or give a list with --file\n1\n");
    }
}
