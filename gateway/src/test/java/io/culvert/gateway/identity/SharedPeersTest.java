package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What gateways of one site tell each other of their peers. */
class SharedPeersTest {
    private final TestClock clock = new TestClock();

    @TempDir
    Path directory;

    private SiteAuthority seoul;
    private X509Certificate busan;

    @BeforeEach
    void makeSites() throws IOException {
        seoul = SiteAuthority.init(directory.resolve("seoul"), "seoul", clock, new SecureRandom());
        busan = Forger.stranger("busan", clock).authority();
    }

    /** One gateway's copy of the peers. */
    private final class Copy {
        final PeerRegistry registry;
        final SharedPeers shared;
        final List<PeerChange> heard = new ArrayList<>();

        Copy(String name) throws IOException {
            registry = PeerRegistry.open(Files.createDirectory(directory.resolve(name)), clock);
            shared = new SharedPeers(seoul, registry);
            registry.onPeerChanged(heard::add);
        }

        Peer busan() {
            return registry.find("busan").orElseThrow();
        }

        boolean hear(Copy other) throws IOException {
            return shared.adopt(other.shared.export("busan").orElseThrow());
        }
    }

    private Peer enrolled() {
        return new Peer(
                "busan", new Endpoint("gw.example", 8443), true, List.of(busan), Set.of(), clock.instant(), null);
    }

    @Test
    void whatOneGatewayEnrolsAndRevokesTheOtherHears() throws IOException {
        Copy first = new Copy("1");
        Copy second = new Copy("2");

        first.registry.add(enrolled());
        assertThat(second.hear(first)).isTrue();
        assertThat(second.hear(first)).isFalse();
        first.registry.revokeCertificate("busan", "1f");
        assertThat(second.hear(first)).isTrue();
        first.registry.revoke("busan");
        assertThat(second.hear(first)).isTrue();

        assertThat(second.heard)
                .extracting(change -> change.getClass().getSimpleName())
                .containsExactly("Enrolled", "Changed", "Revoked");
        assertThat(second.busan()).isEqualTo(first.busan());
        assertThat(PeerRegistry.open(directory.resolve("2"), clock).list()).containsExactly(first.busan());
    }

    @Test
    void anOlderRecordIsIgnored() throws IOException {
        Copy first = new Copy("1");
        Copy second = new Copy("2");
        first.registry.add(enrolled());
        byte[] old = first.shared.export("busan").orElseThrow();
        first.registry.revoke("busan");
        second.hear(first);

        assertThat(second.shared.adopt(old)).isFalse();
        assertThat(first.shared.adopt(old)).isFalse();

        assertThat(second.busan().isRevoked()).isTrue();
        assertThat(second.heard).hasSize(1);
    }

    @Test
    void aRevocationOutranksAnyNumberOfChangesElsewhereMeanwhile() throws IOException {
        Copy first = new Copy("1");
        Copy second = new Copy("2");
        first.registry.add(enrolled());
        second.hear(first);
        first.registry.revoke("busan");
        second.registry.revokeCertificate("busan", "1f");
        second.registry.revokeCertificate("busan", "2f");

        assertThat(first.hear(second)).isTrue();
        assertThat(second.hear(first)).isTrue();

        assertThat(first.busan().isRevoked()).isTrue();
        assertThat(first.busan().revokedSerials()).containsExactlyInAnyOrder("1f", "2f");
        assertThat(second.busan()).isEqualTo(first.busan());
    }

    @Test
    void aPeerThatIsEnrolledAnewIsTrustedAgainEverywhere() throws IOException {
        Copy first = new Copy("1");
        Copy second = new Copy("2");
        first.registry.add(enrolled());
        first.registry.revoke("busan");
        second.hear(first);
        second.registry.add(enrolled());

        assertThat(first.hear(second)).isTrue();

        assertThat(first.busan().isRevoked()).isFalse();
        assertThat(first.heard.getLast()).isInstanceOf(PeerChange.Enrolled.class);
    }

    @Test
    void gatewaysThatChangeAndTellInAnyOrderComeToTheSame() throws IOException {
        for (long seed = 1; seed <= 40; seed++) {
            Random random = new Random(seed);
            List<Copy> copies = List.of(new Copy(seed + "-1"), new Copy(seed + "-2"), new Copy(seed + "-3"));
            copies.getFirst().registry.add(enrolled());
            for (int step = 0; step < 30; step++) {
                clock.advance(Duration.ofSeconds(1));
                change(copies.get(random.nextInt(3)), copies.get(random.nextInt(3)), random);
            }
            for (int round = 0; round < 2; round++) {
                for (Copy teller : copies) {
                    for (Copy hearer : copies) {
                        hearer.hear(teller.registry.find("busan").isPresent() ? teller : copies.getFirst());
                    }
                }
            }
            assertThat(copies.get(1).registry.records())
                    .as("seed %d", seed)
                    .isEqualTo(copies.get(0).registry.records());
            assertThat(copies.get(2).registry.records())
                    .as("seed %d", seed)
                    .isEqualTo(copies.get(0).registry.records());
        }
    }

    private void change(Copy one, Copy other, Random random) throws IOException {
        switch (random.nextInt(5)) {
            case 0 -> one.registry.revoke("busan");
            case 1 -> one.registry.add(enrolled());
            case 2 -> one.registry.revokeCertificate("busan", Integer.toHexString(random.nextInt(1 << 20)));
            default -> {
                if (other.registry.find("busan").isPresent()) {
                    one.hear(other);
                }
            }
        }
    }

    @Test
    void anyDamageIsFound() throws IOException {
        Copy first = new Copy("1");
        Copy second = new Copy("2");
        first.registry.add(enrolled());
        byte[] good = first.shared.export("busan").orElseThrow();
        long seed = 20_261_122;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            byte[] cut = round % 2 == 0 ? bad : Arrays.copyOf(good, random.nextInt(good.length));
            assertThatThrownBy(() -> second.shared.adopt(cut))
                    .as("seed %d round %d", seed, round)
                    .isInstanceOf(ForgedRecordException.class);
        }
        assertThat(second.registry.list()).isEmpty();
        assertThat(second.heard).isEmpty();
    }

    @Test
    void aRecordThatAnotherCaSignedIsRefused() throws IOException {
        SiteAuthority evil = SiteAuthority.init(directory.resolve("evil"), "seoul", clock, new SecureRandom());
        PeerRegistry planted = PeerRegistry.open(directory.resolve("evil"), clock);
        planted.add(enrolled());
        byte[] forged = new SharedPeers(evil, planted).export("busan").orElseThrow();
        Copy first = new Copy("1");

        assertThatThrownBy(() -> first.shared.adopt(forged))
                .isInstanceOf(ForgedRecordException.class)
                .hasMessageContaining("the CA of seoul did not sign it");
    }

    @Test
    void whatTheCaSignedForAnotherPurposeIsNoRecord() throws IOException {
        Copy first = new Copy("1");
        byte[] content = PeerFile.encode(PeerRecord.first(enrolled()));
        byte[] signature = seoul.sign(content);
        byte[] spliced = new byte[2 + signature.length + content.length];
        spliced[0] = 1;
        spliced[1] = (byte) signature.length;
        System.arraycopy(signature, 0, spliced, 2, signature.length);
        System.arraycopy(content, 0, spliced, 2 + signature.length, content.length);

        assertThatThrownBy(() -> first.shared.adopt(spliced)).isInstanceOf(ForgedRecordException.class);
        assertThatThrownBy(() -> first.shared.adopt("nonsense".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(ForgedRecordException.class);
    }

    @Test
    void aSiteIsNeverAPeerOfItself() throws IOException {
        PeerRegistry wrong = PeerRegistry.open(Files.createDirectory(directory.resolve("wrong")), clock);
        wrong.add(new Peer(
                "seoul",
                new Endpoint("gw.example", 8443),
                true,
                List.of(Forger.stranger("seoul", clock).authority()),
                Set.of(),
                clock.instant(),
                null));
        byte[] own = new SharedPeers(seoul, wrong).export("seoul").orElseThrow();

        assertThatThrownBy(() -> new Copy("1").shared.adopt(own)).hasMessageContaining("names this site itself");
    }

    @Test
    void aFileOfBeforeCountsAsTheFirstRevision() throws IOException {
        Copy first = new Copy("1");
        first.registry.add(enrolled());
        PeerRecord read = PeerFile.decode(Files.readAllBytes(directory.resolve("1/peers/busan.json")));

        assertThat(read).isEqualTo(PeerRecord.first(enrolled()));
    }
}
