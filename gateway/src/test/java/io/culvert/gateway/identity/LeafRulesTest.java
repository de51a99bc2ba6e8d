package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;

class LeafRulesTest {
    private final TestClock clock = new TestClock();

    @Test
    void namesWithinTheCasConstraintsHold() throws IOException {
        Forger ca = Forger.stranger("busan", clock);

        assertThatCode(() -> check(ca, ca.gateway("busan"))).doesNotThrowAnyException();
        assertThatCode(() -> check(
                        ca,
                        ca.withNames(
                                false,
                                Forger.uri("spiffe://culvert/site/busan/gw/1"),
                                new GeneralName(GeneralName.dNSName, "gw.busan.example"))))
                .doesNotThrowAnyException();
    }

    @Test
    void aUriOfAnotherHostIsOutsideThem() throws IOException {
        Forger ca = Forger.stranger("busan", clock);
        for (String uri : new String[] {"spiffe://elsewhere/site/busan/gw/1", "https://sub.culvert/x"}) {
            PeerRefusedException refused = catchThrowableOfType(
                    PeerRefusedException.class, () -> check(ca, ca.withNames(false, Forger.uri(uri))));

            assertThat(refused).as(uri).isNotNull();
            assertThat(refused.reason()).isEqualTo(PeerRefusal.WRONG_SITE);
        }
    }

    @Test
    void aConsolesCertificateAndACaAreNoGateways() throws IOException {
        Forger ca = Forger.stranger("busan", clock);

        for (Leaf leaf :
                new Leaf[] {ca.console("busan"), ca.withNames(true, Forger.uri("spiffe://culvert/site/busan/gw/1"))}) {
            PeerRefusedException refused = catchThrowableOfType(PeerRefusedException.class, () -> check(ca, leaf));
            assertThat(refused).isNotNull();
            assertThat(refused.reason()).isEqualTo(PeerRefusal.MALFORMED_CERTIFICATE);
        }
    }

    private void check(Forger ca, Leaf leaf) throws PeerRefusedException {
        LeafRules.check(leaf.certificate(), ca.authority(), "busan", clock.instant());
    }
}
