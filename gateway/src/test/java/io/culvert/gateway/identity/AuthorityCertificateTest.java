package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityCertificateTest {
    private static final long SEED = 20_261_121;
    private final TestClock clock = new TestClock();

    @TempDir
    Path directory;

    @Test
    void aSitesCaIsReadBack() throws IOException {
        byte[] der =
                AuthorityCertificate.encoded(Forger.stranger("busan", clock).authority());

        assertThat(AuthorityCertificate.siteOf(AuthorityCertificate.read(der))).isEqualTo("busan");
    }

    /** What a stranger sends as its CA certificate may be anything: it ends as an IOException, or is really a CA. */
    @Test
    void damagedCertificatesAreRefusedAndNothingElseHappens() throws IOException {
        byte[] good =
                AuthorityCertificate.encoded(Forger.stranger("busan", clock).authority());
        Random random = new Random(SEED);
        int refused = 0;
        for (int round = 0; round < 3_000; round++) {
            byte[] bad = good.clone();
            for (int flips = 0; flips <= random.nextInt(3); flips++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            byte[] sent = random.nextInt(4) == 0 ? Arrays.copyOf(bad, random.nextInt(2 * bad.length)) : bad;
            try {
                var read = AuthorityCertificate.read(sent);
                assertThat(AuthorityCertificate.encoded(read))
                        .as("seed %d round %d", SEED, round)
                        .isEqualTo(good);
            } catch (IOException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(2_900);
    }

    @Test
    void aGatewaysCertificateIsNoCa() throws IOException {
        Forger ca = Forger.stranger("busan", clock);

        assertThatThrownBy(() -> AuthorityCertificate.siteOf(ca.gateway("busan").certificate()))
                .hasMessageContaining("not a CA certificate");
    }

    @Test
    void aLongOneIsRefusedByItsLength() {
        assertThatThrownBy(() -> AuthorityCertificate.read(new byte[AuthorityCertificate.MAX_DER_BYTES + 1]))
                .hasMessageContaining("at most 4096 bytes");
    }
}
