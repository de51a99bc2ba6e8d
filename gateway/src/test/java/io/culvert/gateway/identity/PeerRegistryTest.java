package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerRegistryTest {
    private final TestClock clock = new TestClock();

    @TempDir
    Path directory;

    @Test
    void whatWasAddedIsThereAfterARestart() throws IOException {
        PeerRegistry registry = PeerRegistry.open(directory, clock);
        Peer busan = peer("busan");

        assertThat(registry.add(busan)).isTrue();
        assertThat(registry.revokeCertificate("busan", "00AB12")).isTrue();

        Peer found = PeerRegistry.open(directory, clock).find("busan").orElseThrow();
        assertThat(found.authorities()).isEqualTo(busan.authorities());
        assertThat(found.endpoint()).isEqualTo(busan.endpoint());
        assertThat(found.enrolledAt()).isEqualTo(clock.instant());
        assertThat(found.revokedSerials()).containsExactly("ab12");
        assertThat(found.isRevoked()).isFalse();
    }

    @Test
    void filesAreForTheOwnerOnly() throws IOException {
        PeerRegistry.open(directory, clock).add(peer("busan"));

        Path file = directory.resolve("peers/busan.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("peers"))))
                .isEqualTo("rwx------");
    }

    @Test
    void ofManyAddsOfOneNameAtOnceOneWins() throws Exception {
        PeerRegistry registry = PeerRegistry.open(directory, clock);
        List<Callable<Boolean>> adds = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Peer rival = peer("busan");
            adds.add(() -> registry.add(rival));
        }
        int winners = 0;
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> added : executor.invokeAll(adds)) {
                winners += added.get() ? 1 : 0;
            }
        }
        assertThat(winners).isOne();
    }

    @Test
    void revokedSerialsStayRevokedWhenThePeerEnrolsAnew() throws IOException {
        PeerRegistry registry = PeerRegistry.open(directory, clock);
        registry.add(peer("busan"));
        registry.revokeCertificate("busan", "1f");
        clock.advance(Duration.ofHours(1));
        assertThat(registry.revoke("busan")).isTrue();
        assertThat(registry.revoke("busan")).isFalse();
        assertThat(registry.find("busan").orElseThrow().revokedAt()).contains(clock.instant());

        assertThat(registry.add(peer("busan"))).isTrue();

        assertThat(registry.find("busan").orElseThrow().revokedSerials()).containsExactly("1f");
        assertThat(registry.find("busan").orElseThrow().isRevoked()).isFalse();
    }

    @Test
    void listenersHearEachChangeOnceAndAfterItIsDurable() throws IOException {
        PeerRegistry registry = PeerRegistry.open(directory, clock);
        List<String> heard = new ArrayList<>();
        registry.onPeerChanged(change -> {
            assertThat(Files.exists(directory.resolve("peers/busan.json"))).isTrue();
            heard.add(change.getClass().getSimpleName());
        });

        registry.add(peer("busan"));
        registry.add(peer("busan"));
        registry.revokeCertificate("busan", "1f");
        registry.replaceAuthorities("busan", peer("busan").authorities());
        registry.revoke("busan");
        registry.revoke("nobody");

        assertThat(heard).containsExactly("Enrolled", "Changed", "Changed", "Revoked");
    }

    @Test
    void whatAnotherProcessChangedIsHeardAfterReload() throws IOException {
        PeerRegistry mine = PeerRegistry.open(directory, clock);
        PeerRegistry other = PeerRegistry.open(directory, clock);
        List<PeerChange> heard = new ArrayList<>();
        mine.onPeerChanged(heard::add);

        other.add(peer("busan"));
        mine.reload();
        other.revoke("busan");
        mine.reload();
        mine.reload();

        assertThat(heard).hasSize(2);
        assertThat(heard.getFirst()).isInstanceOf(PeerChange.Enrolled.class);
        assertThat(heard.getLast()).isInstanceOf(PeerChange.Revoked.class);
    }

    @Test
    void oldAndNewCaMayBothBeTrustedWhileAPeerRotates() throws IOException {
        try (TestSite seoul = new TestSite(directory, "seoul", clock);
                TestSite old = new TestSite(directory, "busan", clock);
                TestSite renewed = new TestSite(directory.resolve("renewed"), "busan", clock)) {
            TestSite.enrol(seoul, old);
            var both = List.of(
                    Forger.withKeyOf(old).authority(), Forger.withKeyOf(renewed).authority());

            seoul.identity.peers().replaceAuthorities("busan", both);
            assertThat(seoul.echo(old, "old")).isEqualTo("old");
            assertThat(seoul.identity.peers().find("busan").orElseThrow().fingerprints())
                    .containsExactly(old.identity.fingerprint(), renewed.identity.fingerprint());

            seoul.identity.peers().replaceAuthorities("busan", both.subList(1, 2));
            assertThatThrownBy(() -> seoul.echo(old, "old"))
                    .satisfies(closed -> assertThat(
                                    Refusals.in(closed, "busan").orElseThrow().reason())
                            .isEqualTo(PeerRefusal.WRONG_CA));
        }
    }

    @Test
    void theCaOfAnotherSiteIsNeverTakenForAPeer() throws IOException {
        PeerRegistry registry = PeerRegistry.open(directory, clock);
        registry.add(peer("busan"));

        assertThatThrownBy(
                        () -> registry.replaceAuthorities("busan", peer("daegu").authorities()))
                .hasMessageContaining("the CA certificate of daegu cannot be one of busan");
    }

    @Test
    void anyDamageOfAPeerFileIsFoundAndTheFileNamed() throws IOException {
        PeerRegistry.open(directory, clock).add(peer("busan"));
        Path file = directory.resolve("peers/busan.json");
        byte[] good = Files.readAllBytes(file);
        Peer original = PeerFile.read(file).peer();
        long seed = 20_261_121;
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(7));
            byte[] cut = round % 2 == 0 ? bad : Arrays.copyOf(good, random.nextInt(good.length));
            Files.write(file, cut);
            try {
                Peer read = PeerFile.read(file).peer();
                // only white space between fields may change unnoticed
                assertThat(read).as("seed %d round %d", seed, round).isEqualTo(original);
            } catch (IOException e) {
                assertThat(e).as("seed %d round %d", seed, round).hasMessageContaining("busan.json");
            }
        }
    }

    @Test
    void aFileThatIsNoPeerStopsTheRegistryFromOpening() throws IOException {
        PeerRegistry.open(directory, clock).add(peer("busan"));
        Files.move(directory.resolve("peers/busan.json"), directory.resolve("peers/daegu.json"));

        assertThatThrownBy(() -> PeerRegistry.open(directory, clock)).hasMessageContaining("daegu.json");
    }

    @Test
    void anInterruptedWriteLeavesTheOldPeer() throws IOException {
        PeerRegistry registry = PeerRegistry.open(directory, clock);
        registry.add(peer("busan"));
        Files.write(directory.resolve("peers/.busan.json.1.1.tmp"), "{\"half".getBytes(StandardCharsets.UTF_8));

        assertThat(PeerRegistry.open(directory, clock).list()).hasSize(1);
    }

    @Test
    void noTemporaryFileIsLeftBehind() throws IOException {
        PeerRegistry registry = PeerRegistry.open(directory, clock);
        registry.add(peer("busan"));
        registry.revoke("busan");

        try (Stream<Path> files = Files.list(directory.resolve("peers"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(".lock", "busan.json");
        }
    }

    private Peer peer(String name) throws IOException {
        return new Peer(
                name,
                new Endpoint("gw.example", 8443),
                true,
                List.of(Forger.stranger(name, clock).authority()),
                Set.of(),
                clock.instant(),
                null);
    }
}
