package io.culvert.gateway.alert;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Alarms and alerts to try with. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-11-30T15:00:00Z");
    static final Origin ORIGIN = new Origin("seoul", "seoul/1", "gw1", "0.1");
    static final Finding DROP = finding("firewall-drop");

    private Samples() {}

    static Finding finding(String verdict) {
        return new Finding(
                verdict,
                "firewall",
                "high",
                List.of("nothing answers on port 8443", "ping is answered"),
                "those who own the firewall: let 8443 pass",
                "allow tcp from 192.0.2.1 to 198.51.100.1 port 8443");
    }

    static Alarm peer(Optional<Finding> finding, boolean awaited) {
        return new Alarm(
                "peer:busan", "away", Alarm.Scope.GATEWAY, "peer busan is not connected: no answer", finding, awaited);
    }

    static Alert alert(Alert.Event event) {
        return alert(event, "peer busan is not connected: no answer");
    }

    static Alert alert(Alert.Event event, String sentence) {
        return new Alert(event, "peer:busan", sentence, Optional.of(DROP), NOW.minusSeconds(40), NOW);
    }
}
