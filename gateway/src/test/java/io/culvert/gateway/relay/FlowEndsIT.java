package io.culvert.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.relay.RelayedSites.Pair;
import io.culvert.gateway.stream.TwoSites;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How relayed connections end that do not end in order: by a reset, a refusal, an outage, a gateway that forgot. */
@Timeout(120)
final class FlowEndsIT {

    @RegisterExtension
    final TwoSites sites = new TwoSites();

    private RelayedSites relayed;

    @BeforeEach
    void start() throws Exception {
        relayed = new RelayedSites(sites);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        relayed.close();
        TwoSites.await(
                () -> relayed.near().views().isEmpty() && relayed.far().views().isEmpty());
    }

    @Test
    void aResetPassesThroughAsAReset() throws Exception {
        for (boolean byClient : new boolean[] {true, false}) {
            Pair pair = relayed.connect();
            Socket one = byClient ? pair.client() : pair.server();
            Socket other = byClient ? pair.server() : pair.client();
            one.setSoLinger(true, 0);
            one.close();
            assertThatThrownBy(() -> other.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aConnectionThatIsResetDuringACutIsResetAtTheOtherEndAfterIt() throws Exception {
        for (boolean byClient : new boolean[] {true, false}) {
            Pair pair = relayed.connect();
            Socket one = byClient ? pair.client() : pair.server();
            Socket other = byClient ? pair.server() : pair.client();
            relayed.line().blackHole(true);
            one.setSoLinger(true, 0);
            one.close();
            relayed.line().cut();
            TwoSites.await(
                    () -> (byClient ? relayed.near() : relayed.far()).views().isEmpty());
            relayed.line().blackHole(false);
            assertThatThrownBy(() -> other.getInputStream().read()).isInstanceOf(SocketException.class);
            relayed.awaitStreamAgain();
        }
    }

    @Test
    void anEndThatWasToldInAStreamThatWasLostIsToldAgain() throws Exception {
        Pair pair = relayed.connect();
        relayed.line().blackHole(true);
        relayed.line().cut();
        sites.awaitEvents("seoul: busan down");
        pair.client().setSoLinger(true, 0);
        pair.client().close();
        TwoSites.await(() -> relayed.near().views().isEmpty());
        AtomicInteger ups = new AtomicInteger();
        relayed.beforeUp(() -> {
            if (ups.getAndIncrement() == 0) {
                relayed.line().blackHole(true);
            }
        });
        CountDownLatch told = new CountDownLatch(1);
        relayed.see(channel -> {
            told.countDown();
            return channel;
        });
        relayed.pass(Untold.PATIENCE);
        relayed.line().blackHole(false);
        assertThat(told.await(30, TimeUnit.SECONDS)).as("told, into nothing").isTrue();
        relayed.line().cut();
        relayed.line().blackHole(false);
        assertThatThrownBy(() -> pair.server().getInputStream().read()).isInstanceOf(SocketException.class);
        relayed.awaitNothingLeft();
    }

    @Test
    void aConnectionThatIsHeldForTooLongIsReset() throws Exception {
        Pair pair = relayed.connect();
        relayed.line().blackHole(true);
        TwoSites.await(() -> relayed.near().views().getFirst().heldSince().isPresent()
                && relayed.far().views().getFirst().heldSince().isPresent());
        pair.client().getOutputStream().write(1); // is still taken
        relayed.hold(Duration.ofSeconds(300));
        relayed.pass(Duration.ofSeconds(301));
        assertThatThrownBy(() -> pair.client().getInputStream().read()).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> pair.server().getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void aClientThatComesDuringAnOutageIsRefusedAtOnce() throws Exception {
        relayed.line().blackHole(true);
        relayed.line().cut();
        sites.awaitEvents("seoul: busan down");
        Socket client = relayed.client();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void aConnectionWhoseFarGatewayForgotItIsReset() throws Exception {
        Pair pair = relayed.connect();
        Flows before = relayed.far();
        relayed.restartFar();
        relayed.line().cut();
        assertThatThrownBy(() -> pair.client().getInputStream().read()).isInstanceOf(SocketException.class);
        before.close();
    }

    @Test
    void aTargetThatRefusesResetsTheClient() throws Exception {
        relayed.server().close();
        Socket client = relayed.client();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
}
