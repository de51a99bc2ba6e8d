package io.culvert.gateway.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AlertTextTest {
    private static final String HOSTILE =
            "refused\r\nBcc: all@busan.example\r\n\r\n<27>1 \u001b[2J \u009b \u0085 \u202e] \"x\" \\ \u2028 끝";

    @Test
    void saysEverythingThatIsKnownInWords() {
        assertThat(AlertText.headline(Samples.ORIGIN, Samples.alert(Alert.Event.RAISED)))
                .isEqualTo("culvert seoul: firewall-drop: peer busan is not connected: no answer");
        assertThat(AlertText.whole(Samples.ORIGIN, Samples.alert(Alert.Event.RAISED)))
                .isEqualTo("""
                        An alarm stands.

                        what      peer busan is not connected: no answer
                        since     2026-11-30T14:59:20Z
                        site      seoul, gateway seoul/1 on host gw1

                        verdict   firewall-drop (layer firewall, confidence high)
                        evidence  nothing answers on port 8443
                        evidence  ping is answered
                        ask       those who own the firewall: let 8443 pass
                        rule      allow tcp from 192.0.2.1 to 198.51.100.1 port 8443

                        `culvert status` on that host shows how it stands now. All messages of this alarm have the number peer:busan@1796050760.
                        """);
    }

    @Test
    void saysWhatIsOverAndHowLongItStood() {
        assertThat(AlertText.headline(Samples.ORIGIN, Samples.alert(Alert.Event.CLEARED)))
                .isEqualTo("culvert seoul: over: peer busan is not connected: no answer");
        assertThat(AlertText.whole(Samples.ORIGIN, Samples.alert(Alert.Event.CLEARED)))
                .startsWith("An alarm is over. It stood for 40 s. This is what was wrong:\n");
    }

    @Test
    void noWordOfAPeerBeginsALineOrAFieldOfItsOwn() throws IOException {
        Alert alert = Samples.alert(Alert.Event.RAISED, HOSTILE);
        assertThat(AlertText.headline(Samples.ORIGIN, alert))
                .doesNotContain("\r", "\n", "\u001b", "\u2028", "\u009b", "\u0085", "\u202e");
        assertThat(AlertText.whole(Samples.ORIGIN, alert).lines().filter(line -> line.startsWith("Bcc")))
                .isEmpty();
        JsonNode json = AlertJson.MAPPER.readTree(AlertJson.message(Samples.ORIGIN, alert));
        assertThat(json.get("sentence").asText()).isEqualTo(HOSTILE);
    }

    @Test
    void aHeadlineIsCutAndTheWholeIsNot() {
        Alert alert = Samples.alert(Alert.Event.RAISED, "x".repeat(1000));
        assertThat(AlertText.headline(Samples.ORIGIN, alert)).hasSize(200).endsWith("…");
        assertThat(AlertText.whole(Samples.ORIGIN, alert)).contains("x".repeat(1000));
        for (int before = 150; before < 154; before++) {
            Alert emoji = Samples.alert(Alert.Event.RAISED, "x".repeat(before) + "\ud83d\udd25".repeat(50));
            String headline = AlertText.headline(Samples.ORIGIN, emoji);
            assertThat(Character.isHighSurrogate(headline.charAt(headline.length() - 2)))
                    .isFalse();
        }
    }

    @Test
    void aWebhookIsSentTheFactsAndALineForPeople() throws IOException {
        byte[] sent = AlertJson.message(Samples.ORIGIN, Samples.alert(Alert.Event.RAISED));
        assertThat(new String(sent, StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"text\":\"culvert seoul: firewall-drop: peer busan is not connected: no answer\",\"event\":\"raised\","
                                + "\"incident\":\"peer:busan@1796050760\",\"alarm\":\"peer:busan\","
                                + "\"sentence\":\"peer busan is not connected: no answer\","
                                + "\"probe\":{\"verdict\":\"firewall-drop\",\"layer\":\"firewall\",\"confidence\":\"high\","
                                + "\"evidence\":[\"nothing answers on port 8443\",\"ping is answered\"],"
                                + "\"ask\":\"those who own the firewall: let 8443 pass\","
                                + "\"rule\":\"allow tcp from 192.0.2.1 to 198.51.100.1 port 8443\"},"
                                + "\"since\":\"2026-11-30T14:59:20Z\",\"at\":\"2026-11-30T15:00:00Z\","
                                + "\"site\":\"seoul\",\"gateway\":\"seoul/1\",\"host\":\"gw1\",\"version\":\"0.1\"}");
    }

    @Test
    void syslogHasHeaderDataAndTextAsRfc5424Says() {
        byte[] message = SyslogMessage.rfc5424(Samples.ORIGIN, Samples.alert(Alert.Event.RAISED), 42, 2048);
        assertThat(new String(message, StandardCharsets.UTF_8))
                .isEqualTo("<27>1 2026-11-30T15:00:00Z gw1 culvert 42 RAISED [culvert@32473 site=\"seoul\""
                        + " gateway=\"seoul/1\" alarm=\"peer:busan\" incident=\"peer:busan@1796050760\""
                        + " verdict=\"firewall-drop\" layer=\"firewall\"] \ufeffsite seoul raised: peer busan is not"
                        + " connected: no answer | ask: those who own the firewall: let 8443 pass | rule: allow tcp from"
                        + " 192.0.2.1 to 198.51.100.1 port 8443");
        assertThat(new String(
                        SyslogMessage.local(Samples.ORIGIN, Samples.alert(Alert.Event.CLEARED), 42, 2048),
                        StandardCharsets.UTF_8))
                .startsWith("<29>culvert[42]: site seoul cleared: peer busan is not connected");
    }

    @Test
    void syslogIsOneLineWhateverAPeerSaysAndCutBetweenCharacters() {
        Finding hostile = new Finding("a\"b]c\\d", "e\nf", "low", java.util.List.of(), "", "");
        Alert alert =
                new Alert(Alert.Event.RAISED, "peer:busan", HOSTILE, Optional.of(hostile), Samples.NOW, Samples.NOW);
        String text = new String(SyslogMessage.rfc5424(Samples.ORIGIN, alert, 42, 2048), StandardCharsets.UTF_8);
        assertThat(text).doesNotContain("\r", "\n", "\u001b").contains("verdict=\"a\\\"b\\]c\\\\d\"", "layer=\"e f\"");

        Alert korean = Samples.alert(Alert.Event.RAISED, "끝".repeat(1000));
        for (int most = 500; most < 506; most++) {
            byte[] cut = SyslogMessage.rfc5424(Samples.ORIGIN, korean, 42, most);
            assertThat(cut.length).isBetween(most - 2, most);
            assertThat(new String(cut, StandardCharsets.UTF_8)).doesNotContain("\ufffd");
        }
    }
}
