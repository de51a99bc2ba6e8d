package io.culvert.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.cli.CommandBench.Outcome;
import org.junit.jupiter.api.Test;

final class AlertCommandTest extends CommandFixture {

    @Test
    void listsAlarmsWithWhatAProbeFoundAndWhoIsTold() {
        assertThat(bench.run("alert", "list").out()).isEqualTo("""
                ! the replica of finance at busan is 2 h old; "culvert replicate finance" brings it up to date
                  since 2026-11-21T03:00:00Z
                ! peer busan is not connected: no answer
                  since 2026-11-21T03:00:00Z
                  verdict firewall-drop, layer firewall, confidence high
                  evidence nothing answers on port 8443
                  evidence ping is answered
                  ask ask those who own the firewall to let 8443 pass
                  rule allow tcp to 192.0.2.1 port 8443

                CHANNEL  TO                             LAST TAKEN            WAITING  DROPPED  FAILS SINCE           WHY
                webhook  https://hooks.example/culvert  2026-11-21T03:00:00Z        2        0  2026-11-21T03:01:00Z  https://hooks.example/culvert answered 503
                """);
    }

    @Test
    void aTestThatAChannelDoesNotTakeFails() {
        bench.site.syslog = false;
        Outcome outcome = bench.run("alert", "test");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).contains("webhook", "yes", "there is no /dev/log");
        assertThat(outcome.err())
                .isEqualTo(
                        "culvert: the test was not taken by syslog: see why above, mend it, and reload the gateway if the site file changes\n");
    }
}
