package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.gateway.cli.CommandRun;
import io.culvert.gateway.cli.Terminal;
import io.culvert.gateway.testing.DebianPackage;
import io.culvert.gateway.testing.Shell;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules before the programs that know them: each checker that Debian has, with reasons that try to break out of their quotes. */
final class RulesCheckersIT {

    private static final List<String> REASONS = List.of(
            "backup replication",
            "변경 2026-117 é 𝄞",
            "\"; drop; # ' \\",
            "\" accept comment \"x",
            "$(touch broken) `touch broken` ${HOME} ; touch broken & | > broken",
            "-->]]></description><rule/> &lt; <!-- ",
            "alert tcp any any -> any any (msg:\"x\"; sid:1;)",
            "\\",
            "a'b\"c\\\"d\\\\\"e' ; exit 1 ; '",
            "*",
            "{ }",
            "!#%?=@:|".repeat(24));

    /** What is stopped one way by one transport, as aclgen has it. */
    private static final String STOP = """
            term %1$s-%2$s {
              source-address:: %3$s_NET
              destination-address:: %4$s_NET
              destination-port:: PORTS_%5$s
              protocol:: %2$s
              action:: deny
            }
            """;

    @TempDir
    private Path directory;

    /** What the command prints, with that reason in the site file. */
    private String rendered(String reason, String... arguments) throws IOException {
        Path site = directory.resolve("site.yaml");
        Files.writeString(site, """
                site: seoul
                stateDir: "%s"
                peers:
                  busan: {endpoint: "198.51.100.10:8443", dial: true}
                  jeju: {endpoint: "[2001:db8:3::10]:9443", dial: false}
                rules:
                  reason: '%s'
                  zones: {inside: dmz-backup, outside: wan1}
                  addresses: {seoul: [192.0.2.10, 192.0.2.11, "2001:db8:1::10"], busan: [198.51.100.10, "2001:db8:2::10"]}
                  networks: {seoul: [10.1.0.0/24, "2001:db8:1:1::/64"], busan: 10.2.0.0/24}
                """.formatted(directory.resolve("state"), reason.replace("'", "''")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                Map.of("CULVERT_CONFIG", site.toString()));
        List<String> line = new ArrayList<>(List.of("rules", "render", "--format"));
        line.addAll(List.of(arguments));
        int code = CommandRun.run(terminal, new Workshop(), line.toArray(String[]::new));
        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private String run(String script) throws Exception {
        return new String(Shell.run(directory, script), StandardCharsets.UTF_8);
    }

    /** Renders for each reason into files 0, 1, ..., and runs a script for each. */
    private void eachReason(String format, String script) throws Exception {
        for (int i = 0; i < REASONS.size(); i++) {
            Files.writeString(directory.resolve(String.valueOf(i)), rendered(REASONS.get(i), format));
            Files.writeString(directory.resolve(i + ".remove"), rendered(REASONS.get(i), format, "--remove"));
        }
        run("for i in {0.." + (REASONS.size() - 1) + "}; do " + script + "; done");
        assertThat(directory.resolve("broken")).doesNotExist();
    }

    @Test
    void nftTakesTheRulesAndTheirRemoval() throws Exception {
        assumeTrue(Shell.isRoot(), "skipped: nft checks rules as root only");
        DebianPackage.require("nftables", "nft", "nftables.service");
        eachReason("nftables", "unshare -n nft -c -f $i; unshare -n nft -c -f $i.remove");
    }

    @Test
    void iptablesRestoreTakesTheRulesOfBothFamiliesFromOneFile() throws Exception {
        assumeTrue(Shell.isRoot(), "skipped: iptables-restore checks rules as root only");
        DebianPackage.require("iptables", "iptables-restore");
        eachReason(
                "iptables",
                "unshare -n iptables-restore --test $i; unshare -n ip6tables-restore --test $i; sh -n $i.remove;"
                        + " unshare -n sh $i.remove");
    }

    @Test
    void firewalldTakesThePolicyFile() throws Exception {
        assumeTrue(Shell.isRoot(), "skipped: firewall-offline-cmd runs as root only");
        DebianPackage.require("firewalld", "firewall-offline-cmd", "firewalld.service");
        for (String part : List.of("policies", "zones")) {
            Files.createDirectories(directory.resolve("firewalld").resolve(part));
        }
        Files.writeString(directory.resolve("firewalld/firewalld.conf"), "DefaultZone=public\n");
        for (String zone : List.of("dmz-backup", "wan1")) {
            Files.writeString(
                    directory.resolve("firewalld/zones/" + zone + ".xml"), "<?xml version=\"1.0\"?><zone/>\n");
        }
        // Starting it takes a quarter of a second, so not each text alone: they are several policies of one
        // configuration.
        eachReason("firewalld", "cp $i firewalld/policies/p$i.xml; sh -n $i.remove");
        String check = "firewall-offline-cmd --system-config $PWD/firewalld --check-config 2>&1";
        assertThat(run(check))
                .as("it only warns of a wrong rule, and leaves it out")
                .isEmpty();
        assertThat(run("firewall-offline-cmd --system-config $PWD/firewalld --policy p2 --list-rich-rules"))
                .contains("rule priority=\"-1000\" family=\"ipv4\" source address=\"192.0.2.10\" destination"
                        + " address=\"198.51.100.10\" port port=\"8443\" protocol=\"tcp\" accept");
        Files.writeString(
                directory.resolve("firewalld/policies/p0.xml"), "<policy target=\"CONTINUE\"><rule/></policy>");
        assertThat(run(check)).as("a wrong rule is noticed").contains("INVALID_RULE");
    }

    @Test
    void theParserOfSuricataUpdateReadsEveryRuleAndTakesNoCommentForOne() throws Exception {
        DebianPackage.require("suricata-update", "suricata-update");
        eachReason("suricata", """
                PYTHONPATH=/usr/lib/python3/dist-packages python3 - $i > $i.parsed <<'END'
                import sys
                from suricata.update import rule
                for line in open(sys.argv[1], encoding="utf-8"):
                    line = line.rstrip("\\n")
                    parsed = rule.parse(line)
                    if line.startswith("#"):
                        assert parsed is None, line
                    else:
                        assert parsed is not None and parsed.enabled, line
                        print(parsed.sid, parsed.action, parsed.proto, parsed.source_addr, parsed.direction, parsed.dest_addr,
                              parsed.dest_port, parsed.msg, sep="|")
                END
                sh -n $i.remove""");
        for (int i = 0; i < REASONS.size(); i++) {
            List<String> rules = Files.readAllLines(directory.resolve(i + ".parsed"));
            assertThat(rules).hasSizeGreaterThan(20);
            assertThat(rules.stream().map(rule -> rule.split("\\|")[0]).distinct())
                    .hasSameSizeAs(rules);
            assertThat(rules)
                    .anyMatch(rule -> rule.contains("|pass|tcp|[192.0.2.10,192.0.2.11]|<>|[198.51.100.10]|8443|"));
            assertThat(rules.stream().filter(rule -> !rule.contains("|pass|")))
                    .allMatch(rule -> rule.contains("|alert|"));
        }
    }

    @Test
    void theEntriesOfAsaSayWhatAclgenSaysOfTheSamePolicy() throws Exception {
        DebianPackage.require("python3-capirca", "aclgen");
        AsaAccessList ours = AsaAccessList.read(rendered("x", "asa", "--peer", "busan"));
        Files.createDirectories(directory.resolve("def"));
        Files.createDirectories(directory.resolve("out"));
        Files.writeString(directory.resolve("def/n.net"), """
                SEOUL = 192.0.2.10/32
                        192.0.2.11/32
                BUSAN = 198.51.100.10/32
                SEOUL_NET = 10.1.0.0/24
                            SEOUL
                BUSAN_NET = 10.2.0.0/24
                            BUSAN
                """);
        Files.writeString(directory.resolve("def/s.svc"), """
                STREAM = 8443/tcp
                PORTS_TCP = 111/tcp 2049/tcp 2051-2052/tcp 3008-3009/tcp 5001-5002/tcp 7543/tcp 7778-7781/tcp 8543/tcp 9443/tcp 20048/tcp
                            27000/tcp 28001-28010/tcp 28810-28819/tcp 29000/tcp 30001-30010/tcp
                PORTS_UDP = 111/udp 2049/udp 2052/udp 20048/udp
                """);
        Files.writeString(
                directory.resolve("p.pol"),
                "header {\n  target:: ciscoasa dmz-backup_access_in\n}\n"
                        + "term stream {\n  source-address:: SEOUL\n  destination-address:: BUSAN\n  destination-port:: STREAM\n"
                        + "  protocol:: tcp\n  action:: accept\n}\n"
                        + STOP.formatted("out", "tcp", "SEOUL", "BUSAN", "TCP")
                        + STOP.formatted("out", "udp", "SEOUL", "BUSAN", "UDP")
                        + "header {\n  target:: ciscoasa wan1_access_in\n}\n"
                        + STOP.formatted("in", "tcp", "BUSAN", "SEOUL", "TCP")
                        + STOP.formatted("in", "udp", "BUSAN", "SEOUL", "UDP"));
        run("aclgen --base_directory . --definitions_directory def --output_directory out --policy_file p.pol 2>&1");
        AsaAccessList theirs = AsaAccessList.read(run("cat out/*.asa"));
        assertThat(ours.ofIpv4()).hasSizeGreaterThan(200);
        assertThat(new TreeSet<>(ours.ofIpv4())).isEqualTo(new TreeSet<>(theirs.ofIpv4()));
    }

    @Test
    void theScriptForCheckPointGivesEveryTextAsOneArgumentAndPublishesAtTheEnd() throws Exception {
        Path stand = directory.resolve("bin/mgmt_cli");
        Files.createDirectories(directory.resolve("bin"));
        Files.writeString(stand, """
                #!/bin/bash
                printf '%s\\n' "$*" >> "$CALLS"
                while [ $# -gt 0 ]; do [ "$1" = comments ] && printf '%s\\n' "$2" >> "$CALLS.comments"; shift; done
                case "$(tail -n 1 "$CALLS")" in *"$FAILS"*) exit 1;; esac
                """);
        run("chmod 755 bin/mgmt_cli");
        eachReason(
                "checkpoint",
                "for part in $i $i.remove; do PATH=$PWD/bin:$PATH CALLS=$PWD/$part.calls FAILS=nothing bash $part; done");
        for (int i = 0; i < REASONS.size(); i++) {
            List<String> calls = Files.readAllLines(directory.resolve(i + ".calls"));
            assertThat(calls.getFirst()).isEqualTo("login -r true");
            assertThat(calls).filteredOn(call -> call.endsWith(" publish")).hasSize(1);
            assertThat(calls.getLast()).endsWith(" logout");
            assertThat(Files.readAllLines(directory.resolve(i + ".calls.comments")))
                    .anyMatch(("seoul dials busan: " + REASONS.get(i))::startsWith);
            assertThat(Files.readAllLines(directory.resolve(i + ".remove.calls")))
                    .anyMatch(call -> call.contains(" delete access-rule layer Network name culvert-busan-v4-8443"));
        }
        String ended = run("PATH=$PWD/bin:$PATH CALLS=$PWD/failed FAILS='add access-rule' bash 0 2>&1 || echo ended");
        assertThat(ended).endsWith("ended\n");
        assertThat(Files.readString(directory.resolve("failed")))
                .contains(" discard\n")
                .doesNotContain(" publish\n");
    }
}
