package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.StatusRuntimeException;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Another gateway of the own site, over real TLS: who has its authority is one, and nobody else. */
class SiblingTlsTest extends SeoulAndBusan {

    @Test
    void aGatewayOfTheSiteIsTakenForWhatItsCertificateSays() throws IOException {
        Forger own = Forger.withKeyOf(seoul);
        assertThat(echo(own.dialing(own.gateway("seoul"), directory))).isEqualTo("hello");
        assertThat(seoul.callers).containsExactly(new PeerIdentity("seoul", 1));
    }

    @Test
    void aGatewayThatIsDialledMustHaveTheNumber() throws IOException {
        assertThat(echo(seoul.identity.contexts().forDialingGateway(1))).isEqualTo("hello");
        assertThatThrownBy(() -> echo(seoul.identity.contexts().forDialingGateway(2)))
                .isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void aStrangerThatSaysItIsOfThisSiteIsRefused() throws IOException {
        Forger stranger = Forger.stranger("seoul", clock);
        refused(stranger.dialing(stranger.gateway("seoul"), directory), PeerRefusal.WRONG_CA);
    }

    @Test
    void aPeersGatewayThatSaysItIsOfThisSiteIsRefused() throws IOException {
        TestSite.enrol(seoul, busan);
        Forger bad = Forger.withKeyOf(busan);
        refused(bad.dialing(bad.gateway("seoul"), directory), PeerRefusal.WRONG_CA);
    }

    @Test
    void anOldCertificateOfTheSiteIsRefused() throws IOException {
        Forger own = Forger.withKeyOf(seoul);
        SslContext old = own.dialing(own.gateway("seoul"), directory);
        clock.advance(Duration.ofDays(3));
        refused(old, PeerRefusal.EXPIRED);
    }

    private String echo(SslContext dialler) {
        return TestSite.echo(TestSite.channel(seoul.endpoint, dialler), "hello");
    }

    private void refused(SslContext dialler, PeerRefusal reason) {
        StatusRuntimeException closed = catchThrowableOfType(StatusRuntimeException.class, () -> echo(dialler));
        assertThat(Refusals.in(closed, "seoul"))
                .get()
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(reason));
        assertThat(seoul.messagesSeen).hasValue(0);
    }
}
