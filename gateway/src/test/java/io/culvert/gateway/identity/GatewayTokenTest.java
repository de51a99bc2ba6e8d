package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GatewayTokenTest {
    @Test
    void aTokenIsReadBackAsItWasMade() throws JoinRefusedException {
        assertThat(GatewayToken.decode("  " + token().encode() + "\n")).isEqualTo(token());
    }

    /** The format must not change under tokens that are on their way. */
    @Test
    void theBytesOfATokenAreThese() {
        assertThat(token().encode())
                .isEqualTo(
                        "culvert-gateway-AQAAAAAAAAAAAAAAAAAAAAAAAAAAAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEFc2Vv"
                                + "dWwAFWd3LnNlb3VsLmV4YW1wbGU6ODQ0M571D6g");
    }

    @Test
    void anyCutTokenIsFound() {
        String text = token().encode();
        for (int length = 0; length < text.length(); length++) {
            String cut = text.substring(0, length);
            assertThatThrownBy(() -> GatewayToken.decode(cut)).isInstanceOf(JoinRefusedException.class);
        }
    }

    @Test
    void aTokenIsNeverPrintedWithItsSecret() {
        assertThat(token()).hasToString("GatewayToken[one more gateway of seoul, from gw.seoul.example:8443]");
    }

    private static GatewayToken token() {
        byte[] fingerprint = new byte[CaFingerprint.LENGTH_BYTES];
        Arrays.fill(fingerprint, (byte) 1);
        return new GatewayToken(
                JoinSecret.read(new byte[JoinSecret.LENGTH_BYTES]),
                CaFingerprint.read(fingerprint),
                "seoul",
                new Endpoint("gw.seoul.example", 8443));
    }
}
