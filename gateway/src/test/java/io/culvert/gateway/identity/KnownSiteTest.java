package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What can be read of a site beside its gateway, which runs. */
final class KnownSiteTest extends SeoulAndBusan {

    @Test
    void whoJoinedDialsAndBothSidesSaySo() throws IOException {
        busan.identity.enrolment().join(invite("busan"));

        Peer ofSeoul = KnownSite.read(seoul.stateDir).peers().getFirst();
        assertThat(ofSeoul.name()).isEqualTo("busan");
        assertThat(ofSeoul.dials()).isFalse();
        assertThat(ofSeoul.endpoint()).isEqualTo(busan.endpoint);
        Peer ofBusan = KnownSite.read(busan.stateDir).peers().getFirst();
        assertThat(ofBusan.dials()).isTrue();
        assertThat(ofBusan.endpoint()).isEqualTo(seoul.endpoint);

        seoul.identity.peers().revoke("busan");
        assertThat(KnownSite.read(seoul.stateDir).peers().getFirst().isRevoked())
                .isTrue();
    }

    @Test
    void whereAPeerSaysThatItsGatewaysAreIsThereAndHowManyTheSiteHas() throws IOException {
        List<Endpoint> told = List.of(Endpoint.of("gw1.busan.example:8443"), Endpoint.of("gw2.busan.example:8443"));
        PeerRoutes.open(seoul.stateDir).learn("busan", told);
        assertThat(KnownSite.read(seoul.stateDir).routes().get("busan")).isEqualTo(told);
        assertThat(KnownSite.read(seoul.stateDir).gateways()).isEqualTo(1);
        Files.writeString(seoul.stateDir.resolve("identity/gateways"), "1 2 3\n");
        assertThat(KnownSite.read(seoul.stateDir).gateways()).isEqualTo(3);
    }

    @Test
    void readingMakesNothing() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertThat(KnownSite.read(empty).peers()).isEmpty();
        assertThat(empty).isEmptyDirectory();
        Path missing = directory.resolve("missing");
        assertThat(KnownSite.read(missing).gateways()).isEqualTo(1);
        assertThat(missing).doesNotExist();
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        busan.identity.enrolment().join(invite("busan"));
        Path file = seoul.stateDir.resolve("peers/busan.json");
        Files.writeString(file, Files.readString(file).replace("127.0.0.1", "127.0.0.2"));
        assertThatThrownBy(() -> KnownSite.read(seoul.stateDir))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }
}
