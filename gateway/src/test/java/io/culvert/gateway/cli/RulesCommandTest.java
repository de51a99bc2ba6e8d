package io.culvert.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.FakeSite;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ServiceView;
import io.culvert.gateway.admin.ViewJson;
import io.culvert.gateway.cli.CommandBench.Outcome;
import io.culvert.siteconfig.SiteName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The command line of rules; what it writes for each product is the business of {@code site-config}. */
final class RulesCommandTest extends CommandFixture {

    private String rendered(String... more) {
        String[] line = new String[more.length + 2];
        line[0] = "rules";
        line[1] = "render";
        System.arraycopy(more, 0, line, 2, more.length);
        Outcome outcome = bench.run(line);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.err()).isEmpty();
        return outcome.out();
    }

    @Test
    void peersOfTheSiteFileAndThoseOfTheStateDirectoryAreBothThere() throws IOException {
        Files.writeString(
                bench.siteFile(),
                "peers: {busan: {endpoint: '198.51.100.10:9000', dial: true}}\n",
                java.nio.file.StandardOpenOption.APPEND);
        assertThat(rendered("--format", "csv").lines())
                .anyMatch(line -> line.startsWith("allow,seoul,192.0.2.10,busan,198.51.100.10,TCP,9000,outbound,"))
                .anyMatch(line -> line.startsWith("allow,seoul,192.0.2.10,jeju,203.0.113.5,TCP,8443,outbound,"));
        assertThat(rendered("--format", "csv", "--peer", "jeju")).doesNotContain("busan");
    }

    @Test
    void addressesCanBeStatedForOnce() {
        assertThat(rendered("--format", "csv", "--address", "jeju=203.0.113.6", "--address", "jeju=203.0.113.7"))
                .contains("allow,seoul,192.0.2.10,jeju,203.0.113.6 203.0.113.7,TCP,8443,outbound");
    }

    private void share() throws IOException {
        Files.writeString(
                bench.siteFile(),
                Files.readString(bench.siteFile())
                        .replace("{embedded: true}", "{etcd: {endpoints: ['http://127.0.0.1:2379']}}"));
    }

    private void gateway(int number, ServiceView.State state, String endpoint) {
        String name = "seoul/" + number;
        bench.site.gateways.add(
                ServiceView.of("gateway", name, name, state, FakeSite.NOW, "").at(endpoint));
    }

    @Test
    void theSitesOtherGatewaysAreThereAsTheOneThatRunsKnowsThem() throws IOException {
        share();
        gateway(1, ServiceView.State.UP, "192.0.2.10:8443");
        assertThat(rendered("--format", "csv")).contains("allow,seoul,192.0.2.10,jeju,203.0.113.5,TCP,8443,");
        gateway(2, ServiceView.State.DOWN, "192.0.2.11:8443");
        gateway(3, ServiceView.State.REMOVED, "192.0.2.12:8443");
        bench.enrolled = known(3);
        assertThat(rendered("--format", "csv"))
                .contains("allow,seoul,192.0.2.10 192.0.2.11,jeju,203.0.113.5,TCP,8443,");
        assertThat(rendered("--format", "nftables"))
                .contains("# seoul: 192.0.2.11, as seoul itself tells")
                .doesNotContain("192.0.2.12", "not here");
        assertThat(bench.run("rules", "diff").out())
                .contains("ip saddr {192.0.2.10-192.0.2.11} ip daddr {203.0.113.5}");
        assertThat(rendered("--format", "csv", "--address", "seoul=192.0.2.99"))
                .contains("allow,seoul,192.0.2.99,jeju");
    }

    /** The state directory, which also counts gateways that were removed. */
    private LocalWork.EnrolledPeers known(int gateways) {
        return new LocalWork.EnrolledPeers(bench.enrolled.peers(), gateways, Optional.empty());
    }

    private static final String STATE_ALL = "; state all in \"rules: {addresses: {seoul: [...]}}\" or with --address\n";

    /** Both in the rules and besides. */
    private void isSaid(String note) {
        for (String format : new String[] {"nftables", "form"}) {
            Outcome outcome = bench.run("rules", "render", "--format", format);
            assertThat(outcome.code()).as(outcome.err()).isZero();
            assertThat(outcome.err()).contains(note + STATE_ALL);
            assertThat(outcome.out())
                    .contains(format.equals("form") ? "<li>To be checked: " + note + "</li>\n" : "# " + note + "\n");
        }
        assertThat(bench.run("rules", "diff").err()).endsWith(note + STATE_ALL);
    }

    @Test
    void aGatewayThatHasNotHeardOfAllOthersSinceItsStartSaysSo() throws IOException {
        share();
        bench.enrolled = known(3);
        gateway(1, ServiceView.State.UP, ""); // as one says of itself that has not read etcd yet
        isSaid("the gateway that runs here has heard of 1 of the 3 gateways of site seoul since its start:"
                + " the addresses of the others are not here");
        bench.enrolled = known(1);
        assertThat(rendered("--format", "csv")).as("it is alone").contains("allow,seoul,192.0.2.10,");
    }

    @Test
    void aUserWhoMayNotReadHowManyThereAreIsToldThatThisIsNotKnown() throws IOException {
        share();
        Files.writeString(
                bench.siteFile(),
                "peers: {busan: {endpoint: '198.51.100.10:9000', dial: true}}\n",
                java.nio.file.StandardOpenOption.APPEND);
        bench.enrolled = new LocalWork.EnrolledPeers(List.of(), 1, Optional.of("no right"));
        gateway(1, ServiceView.State.UP, "");
        isSaid("whether site seoul has other gateways is not known: the one that runs here has heard of none since its"
                + " start");
        bench.site.gateways.clear();
        gateway(1, ServiceView.State.UP, "192.0.2.10:8443");
        gateway(2, ServiceView.State.UP, "192.0.2.11:8443");
        assertThat(bench.run("rules", "render", "--format", "csv").err())
                .isEqualTo("the peers that are enrolled cannot be read, only the site file counts: no right\n");
    }

    @Test
    void aGatewayThatIsInvitedAndHasNotBeenStartedIsNamed() throws IOException {
        share();
        bench.enrolled = known(2);
        gateway(1, ServiceView.State.UP, "192.0.2.10:8443");
        gateway(2, ServiceView.State.INVITED, "-");
        isSaid("gateway seoul/2 has not been started yet: its address is not known, and not here");
    }

    @Test
    void aGatewayWhoseNameIsGoneIsNamedAndTheOthersHaveRules() throws IOException {
        share();
        bench.enrolled = known(3);
        gateway(1, ServiceView.State.UP, "192.0.2.10:8443");
        gateway(2, ServiceView.State.DOWN, "localhost:8443");
        gateway(3, ServiceView.State.UP, "192.0.2.12:8443");
        for (String[] line : new String[][] {{"rules", "render", "--format", "nftables"}, {"rules", "diff"}}) {
            Outcome outcome = bench.run(line);
            assertThat(outcome.err())
                    .matches(
                            "localhost of seoul is (127\\.0\\.0\\.1|::1) here, which no firewall sees, and is left out;"
                                    + " state all addresses of that site in \"rules: \\{addresses: \\.\\.\\.}\" or with --address\n");
            assertThat(outcome.out()).containsPattern("192\\.0\\.2\\.10, ?192\\.0\\.2\\.12");
        }
    }

    @Test
    void whyNoGatewaySaidWhichOthersThereAreIsSaid() {
        for (FailureCategory category : FailureCategory.values()) {
            SiteGateways none = SiteGateways.unanswered(
                    new SiteName("seoul"), new OperationException(category, "this user may not open it"));
            String why = switch (category) {
                case UNREACHABLE -> "no gateway answers that would know of others";
                case REFUSED -> "this user may not ask the gateway that would know of others";
                case USAGE, FAILED, NOT_FOUND -> "the gateway that runs here cannot say which others there are";
            };
            assertThat(none.notes()).containsExactly("of site seoul only the address of this gateway is here: " + why);
            assertThat(none.why()).contains("this user may not open it");
        }
    }

    @Test
    void aGatewayWhoseAddressIsNotKnownIsNamed() throws IOException {
        share();
        gateway(1, ServiceView.State.UP, "192.0.2.10:8443");
        gateway(2, ServiceView.State.UP, "nonsense");
        Outcome outcome = bench.run("rules", "render", "--format", "nftables");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err())
                .isEqualTo(
                        "the address of gateway seoul/2 is not known, and not here; state all in \"rules: {addresses: {seoul: [...]}}\""
                                + " or with --address\n");
        assertThat(outcome.out()).contains("# the address of gateway seoul/2 is not known, and not here\n");
    }

    @Test
    void withoutAGatewayThatIsSaidInTheRulesAndBesides() throws IOException {
        share();
        bench.close();
        for (String[] line : new String[][] {{"rules", "render", "--format", "nftables"}, {"rules", "diff"}}) {
            assertThat(bench.run(line).err())
                    .startsWith(
                            "of site seoul only the address of this gateway is here: no gateway answers that would know of others (")
                    .contains("admin.sock", "); state all in \"rules: {addresses: {seoul: [...]}}\" or with --address");
        }
        assertThat(bench.run("rules", "render", "--format", "nftables").out())
                .contains(
                        "# of site seoul only the address of this gateway is here: no gateway answers that would know of others\n")
                .doesNotContain("admin.sock");
        assertThat(rendered("--format", "csv", "--address", "seoul=192.0.2.99")).contains("192.0.2.99");
    }

    @Test
    void aPartOfTheRulesWhereAllAreReplacedIsSaid() throws IOException {
        Files.writeString(
                bench.siteFile(),
                "peers: {busan: {endpoint: '198.51.100.10:9000', dial: true}}\n",
                java.nio.file.StandardOpenOption.APPEND);
        assertThat(bench.run("rules", "render", "--format", "nftables", "--peer", "busan")
                        .err())
                .isEqualTo("nftables: loading this replaces the rules of all peers by those of the ones named here\n");
        assertThat(bench.run("rules", "render", "--format", "pf", "--peer", "busan", "--remove")
                        .err())
                .startsWith("pf: this removes the rules of all peers");
        assertThat(rendered("--format", "nftables", "--peer", "busan", "--peer", "jeju"))
                .contains("203.0.113.5");
        assertThat(rendered("--format", "srx", "--peer", "busan")).doesNotContain("jeju");
    }

    @Test
    void everyFormatIsListedAndRenderedAndRemoved() throws IOException {
        JsonNode formats = ViewJson.MAPPER.readTree(
                bench.run("rules", "formats", "--output", "json").out());
        assertThat(formats.findValuesAsText("format"))
                .containsExactly(
                        "nftables",
                        "iptables",
                        "firewalld",
                        "pf",
                        "asa",
                        "srx",
                        "fortigate",
                        "panos",
                        "checkpoint",
                        "suricata",
                        "snort3",
                        "csv",
                        "form");
        for (String format : formats.findValuesAsText("format")) {
            assertThat(rendered("--format", format)).contains("203.0.113.5");
            assertThat(rendered("--format", format, "--remove")).isNotBlank();
            assertThat(bench.run("rules", "formats").out()).containsPattern("(?m)^" + format + " ");
        }
    }

    @Test
    void theFormIsInEnglishOrKorean() {
        assertThat(rendered("--format", "form")).contains("<html lang=\"en\">", "Firewall rule request");
        assertThat(rendered("--format", "form", "--language", "ko")).contains("<html lang=\"ko\">", "방화벽 정책 등록 신청서");
    }

    @Test
    void aFileIsWrittenWholeForAllToReadAndAgain() throws IOException {
        Path file = directory.resolve("rules.nft");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        Outcome nowhere = bench.run("rules", "render", "--format", "nftables", "--out", link.toString());
        assertThat(nowhere.code()).isEqualTo(1);
        assertThat(nowhere.err()).contains("a link that leads nowhere");
        for (Path out : new Path[] {file, file, link}) {
            Outcome outcome = bench.run("rules", "render", "--format", "nftables", "--out", out.toString());
            assertThat(outcome.code()).as(outcome.err()).isZero();
            assertThat(outcome.out()).isEmpty();
            assertThat(Files.readString(file))
                    .startsWith("#!/usr/sbin/nft -f\n")
                    .endsWith("}\n");
        }
        assertThat(link).isSymbolicLink();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        try (var left = Files.list(directory)) {
            assertThat(left.map(path -> path.getFileName().toString())).noneMatch(name -> name.endsWith(".tmp"));
        }
    }

    @Test
    void nothingLoadedIsADifferenceAndSaysWhatIsMissing() throws IOException {
        Outcome outcome = bench.run("rules", "diff");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .contains("missing  forward: type filter hook forward priority -5 policy accept")
                .contains(
                        "missing  sites: ip saddr {192.0.2.10} ip daddr {203.0.113.5} tcp dport {8443} ct state {established,new} counter accept");
        JsonNode json = ViewJson.MAPPER.readTree(bench.run("rules", "diff", "--format", "iptables", "--output", "json")
                .out());
        assertThat(json.get("same").asBoolean()).isFalse();
        assertThat(json.get("missing").get(0).asText()).isEqualTo("iptables: -A FORWARD -j CULVERT");
        assertThat(json.get("extra")).isEmpty();
    }

    @Test
    void whatIsListedByNftIsComparedWithoutHandlesFiguresAndComments() throws IOException {
        Path listed = directory.resolve("listed.json");
        Files.writeString(listed, """
                {"nftables": [{"metainfo": {"version": "1.0.6"}},
                 {"table": {"family": "inet", "name": "culvert", "handle": 2}},
                 {"chain": {"family": "inet", "table": "culvert", "name": "sites", "handle": 2}},
                 {"rule": {"family": "inet", "table": "culvert", "chain": "sites", "handle": 9, "comment": "mine", "expr": [
                   {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": "192.0.2.10"}},
                   {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": {"set": ["203.0.113.5"]}}},
                   {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 8443}},
                   {"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["new", "established"]}},
                   {"counter": {"packets": 17, "bytes": 1020}}, {"accept": null}]}},
                 {"rule": {"family": "inet", "table": "culvert", "chain": "sites", "handle": 10, "expr": [
                   {"match": {"op": "!=", "left": {"meta": {"key": "iifname"}}, "right": "lo"}}, {"frobnicate": 1}, {"accept": null}]}},
                 {"rule": {"family": "inet", "table": "other", "chain": "sites", "handle": 3, "expr": [{"drop": null}]}}]}
                """);
        Outcome outcome = bench.run("rules", "diff", "--file", listed.toString());
        assertThat(outcome.out())
                .contains("extra    sites: meta iifname != {lo} {\"frobnicate\":1} accept")
                .doesNotContain("ct state {established,new}")
                .doesNotContain("extra    sites: drop");
    }

    @Test
    void whatIsListedByIptablesIsComparedWithoutFiguresAndComments() throws IOException {
        Path listed = directory.resolve("listed.txt");
        Files.writeString(listed, """
                # Generated by iptables-save v1.8.9 (nf_tables) on Mon Nov 30 11:43:39 2026
                *nat
                -A CULVERT -j ACCEPT
                COMMIT
                *filter
                :FORWARD ACCEPT [0:0]
                :CULVERT - [0:0]
                [7:420] -A FORWARD -j CULVERT
                [7:420] -A CULVERT -s 192.0.2.10/32 -d 203.0.113.5/32 -p tcp -m tcp --dport 8443 -m conntrack --ctstate NEW,ESTABLISHED -m comment --comment "a \\"b\\" -j DROP" -j ACCEPT
                -A CULVERT -j RETURN
                COMMIT
                """);
        Outcome outcome = bench.run("rules", "diff", "--format", "iptables", "--file", listed.toString());
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("extra    iptables: -A CULVERT -j RETURN")
                .doesNotContain("-j ACCEPT\nextra", "missing  iptables: -A FORWARD", "--ctstate NEW,ESTABLISHED")
                .contains("missing  ip6tables: -A FORWARD -j CULVERT");
    }
}
