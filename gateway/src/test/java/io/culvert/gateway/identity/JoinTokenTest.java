package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JoinTokenTest {
    private static final long SEED = 4_711;

    @Test
    void aTokenIsReadBackAsItWasMade() throws JoinRefusedException {
        JoinToken token = token();

        JoinToken read = JoinToken.decode("  " + token.encode() + "\n");

        assertThat(read).isEqualTo(token);
    }

    /** The format must not change under tokens that are on their way. */
    @Test
    void theBytesOfATokenAreThese() {
        assertThat(token().encode())
                .isEqualTo(
                        "culvert-AQAAAAAAAAAAAAAAAAAAAAAAAAAAAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEFc2VvdWwFYnVz"
                                + "YW4AFWd3LnNlb3VsLmV4YW1wbGU6ODQ0M1-GZ2s");
    }

    @Test
    void anyChangedCharacterIsFound() {
        String text = token().encode();
        Random random = new Random(SEED);
        for (int round = 0; round < 2_000; round++) {
            char[] changed = text.toCharArray();
            int at = random.nextInt(changed.length);
            changed[at] = (char) (33 + random.nextInt(94));
            String other = new String(changed);
            if (!isSame(other, text)) {
                JoinRefusedException refused =
                        catchThrowableOfType(JoinRefusedException.class, () -> JoinToken.decode(other));
                assertThat(refused).as("seed %d round %d", SEED, round).isNotNull();
                assertThat(refused.reason()).isEqualTo(JoinRefusal.TOKEN_MALFORMED);
            }
        }
    }

    /** The last character of base64 has bits that mean nothing. */
    private static boolean isSame(String other, String text) {
        return other.substring(0, other.length() - 1).equals(text.substring(0, text.length() - 1));
    }

    @Test
    void anyCutTokenIsFound() {
        String text = token().encode();
        for (int length = 0; length < text.length(); length++) {
            String cut = text.substring(0, length);
            assertThatThrownBy(() -> JoinToken.decode(cut)).isInstanceOf(JoinRefusedException.class);
        }
    }

    @Test
    void rubbishIsFoundWithoutReadingItWhole() {
        for (String rubbish : new String[] {"", "culvert-", "culvert-!", "hello", "culvert-" + "A".repeat(5_000_000)}) {
            assertThatThrownBy(() -> JoinToken.decode(rubbish))
                    .isInstanceOf(JoinRefusedException.class)
                    .hasMessageContaining("not a usable join token");
        }
    }

    @Test
    void aTokenIsNeverPrintedWithItsSecret() {
        assertThat(token().toString()).isEqualTo("JoinToken[seoul at gw.seoul.example:8443 invites busan]");
        assertThat(token().secret().toString()).isEqualTo("JoinSecret[…]");
    }

    private static JoinToken token() {
        byte[] fingerprint = new byte[CaFingerprint.LENGTH_BYTES];
        Arrays.fill(fingerprint, (byte) 1);
        return new JoinToken(
                JoinSecret.read(new byte[JoinSecret.LENGTH_BYTES]),
                CaFingerprint.read(fingerprint),
                "seoul",
                "busan",
                new Endpoint("gw.seoul.example", 8443));
    }
}
