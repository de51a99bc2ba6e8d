package io.culvert.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.FakeSite;
import io.culvert.gateway.cli.CommandBench.Outcome;
import org.junit.jupiter.api.Test;

/** The commands that concern the gateways of a site, against a fake of one. */
final class GatewayCommandTest extends CommandFixture {

    @Test
    void aGatewayIsDrainedAndAnotherRemoved() {
        assertThat(bench.run("gateway", "drain").out()).isEqualTo("the gateway has nothing any more\n");
        assertThat(bench.run("gateway", "drain", "--off").out()).isEqualTo("the gateway takes its part again\n");
        assertThat(bench.run("gateway", "remove", "seoul/2", "--move-to", "3").out())
                .startsWith("removed seoul/2, last seen ");
        Outcome running = bench.run("gateway", "remove", "1");
        assertThat(running.code()).isEqualTo(3);
        assertThat(running.err()).contains("gateway seoul/1 runs on host a");
        assertThat(bench.run("gateway", "remove", "busan").code()).isEqualTo(2);
        assertThat(bench.run("gateway", "remove").code()).isEqualTo(2);
    }

    @Test
    void printsTheTokenOfAGatewayAsTheLastLineAndSaysWhatToRunThere() {
        Outcome outcome = bench.run("gateway", "add", "--ttl", "2h");
        assertThat(outcome.out()).isEqualTo(FakeSite.GATEWAY_TOKEN + "\n");
        assertThat(outcome.err()).contains("culvert init --join TOKEN --dir DIR", "seoul/1");
        assertThat(bench.site.calls).contains("inviteGateway PT2H");
        assertThat(bench.run("gateway", "add", "--ttl", "8d").code()).isEqualTo(2);
    }

    @Test
    void stillRunsTheGateway() {
        assertThat(bench.run("gateway").code()).isZero();
        assertThat(bench.run("gateway", "--config", bench.siteFile().toString()).code())
                .isZero();
    }

    @Test
    void makesOneMoreGatewayAndSaysWhatIsNext() {
        String made = directory.resolve("second").toString();
        Outcome outcome =
                bench.run("init", "--join", FakeSite.GATEWAY_TOKEN, "--dir", made, "--advertise", "gw2.example:8443");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .contains("made the gateway seoul/2 in " + made + " with 3 peers")
                .contains("the certificates for etcd")
                .contains("checkpoints are embedded")
                .contains("culvert gateway --config " + made + "/site.yaml");
    }
}
