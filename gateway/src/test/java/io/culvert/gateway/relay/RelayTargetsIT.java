package io.culvert.gateway.relay;

import static io.culvert.gateway.relay.HostilePeer.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.relay.RelayedSites.Pair;
import io.culvert.gateway.stream.Sockets;
import io.culvert.gateway.stream.TwoSites;
import io.culvert.proto.v1.RelayOpening;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Targets that are not there, refuse, do not answer or do not read, and clients that say nothing or leave: none costs another anything. */
@Timeout(120)
final class RelayTargetsIT {

    private static final int SILENT = 1_000;
    private static final int LEAVING = 10_000;
    private static final int LEAVING_AT_A_TIME = 500;
    private static final int MEGABYTE = 1 << 20;
    private static final int WINDOW_BYTES = 16 << 20;
    private static final int KERNEL_BYTES = 16 << 20;

    @RegisterExtension
    final TwoSites sites = new TwoSites();

    private final List<AutoCloseable> opened = new ArrayList<>();
    private RelayedSites relayed;
    private Bystander bystander;

    @BeforeEach
    void start() throws Exception {
        relayed = new RelayedSites(sites);
        bystander = new Bystander(relayed);
    }

    @AfterEach
    void theOtherConnectionIsUnharmedAndNothingIsLeft() throws Exception {
        assertThat(bystander.end()).as("harm done to the other connection").isEmpty();
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
        relayed.awaitNothingLeft();
        relayed.close();
    }

    private <T extends AutoCloseable> T closing(T one) {
        opened.add(one);
        return one;
    }

    /** A client of seoul is reset, and whoever opens the channel is told why. */
    private void assertUnreachable(InetSocketAddress target, String why) throws Exception {
        relayed.offer("bad", target);
        Sockets.Listening at = closing(relayed.listen("bad", target.getPort()));
        Socket client = relayed.client(at.address());
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        try (HostilePeer jeju = new HostilePeer(sites, target.getPort())) {
            RelayOpening.Builder opening = jeju.opening().setAppliance("bad");
            assertThat(refusal(jeju.open(opening)))
                    .isEqualTo("FAILED: bad (" + target.getHostString() + ":" + target.getPort() + "): " + why);
            assertThat(refusal(jeju.open(opening.setResumed(true))))
                    .as("asked for again, because the stream was lost meanwhile")
                    .endsWith(why);
        }
    }

    @Test
    void aTargetWhoseNameIsNotKnownIsNamed() throws Exception {
        assertUnreachable(
                InetSocketAddress.createUnresolved("does-not-exist.invalid", 2049), "its name is not known here");
    }

    @Test
    void aTargetThatRefusesIsNamed() throws Exception {
        ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        gone.close();
        assertUnreachable(new InetSocketAddress("127.0.0.1", gone.getLocalPort()), "Connection refused");
    }

    @Test
    void aTargetThatNeverAnswersIsNamedWhenItsTimeIsUp() throws Exception {
        assertUnreachable(silent(), "no answer in time");
    }

    /** Takes no connection more: what it may have waiting is there. */
    private InetSocketAddress silent() throws IOException {
        ServerSocket full = closing(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")));
        InetSocketAddress at = new InetSocketAddress("127.0.0.1", full.getLocalPort());
        while (true) {
            Socket waiting = closing(new Socket());
            try {
                waiting.connect(at, 500);
            } catch (SocketTimeoutException enough) {
                return at;
            }
        }
    }

    @Test
    void aClientThatLeavesWhileItsTargetIsAskedLeavesNothing() throws Exception {
        InetSocketAddress target = silent();
        relayed.offer("silent", target);
        Sockets.Listening at = closing(relayed.listen("silent", target.getPort()));
        for (int i = 0; i < 100; i++) {
            Socket client = relayed.client(at.address());
            client.setSoLinger(true, 0);
            client.close();
        }
        TwoSites.await(() -> relayed.near().views().size() == 1);
    }

    @Test
    void aTargetThatNeverReadsStopsOnlyItsOwnConnectionAndCostsNoMoreThanTheWindow() throws Exception {
        Pair stuck = relayed.connect();
        Thread writer = Thread.ofVirtual().start(() -> writeOn(stuck.client()));
        TwoSites.await(() -> relayed.near().views().stream().anyMatch(view -> view.toPeerBytes() > 4 * MEGABYTE));
        assertThat(bystander.end()).isEmpty();
        bystander = new Bystander(relayed);
        assertThat(relayed.near().keptBytes()).isLessThanOrEqualTo(RetainedBudget.MAX_BYTES + MEGABYTE);
        assertThat(relayed.far().views())
                .filteredOn(view -> view.toPeerBytes() == 0)
                .allMatch(view -> view.fromPeerBytes() < WINDOW_BYTES + KERNEL_BYTES);
        stuck.server().setSoLinger(true, 0);
        stuck.server().close();
        writer.join();
    }

    private static void writeOn(Socket client) {
        byte[] bytes = new byte[MEGABYTE];
        try {
            while (true) {
                client.getOutputStream().write(bytes);
            }
        } catch (IOException reset) {
            assertThat(reset).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aThousandClientsThatSayNothingDisturbNobody() throws Exception {
        relayed.acceptAll(target -> {});
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < SILENT; i++) {
            clients.add(relayed.client());
        }
        TwoSites.await(() -> relayed.far().views().size() == SILENT + 1);
        assertThat(relayed.near().keptBytes()).isLessThan(RetainedBudget.MAX_BYTES);
        for (Socket client : clients) {
            client.setSoLinger(true, 0);
            client.close();
        }
    }

    @Test
    void aClientThatHalfClosesAndThenResetsResetsATargetThatSaysNothing() throws Exception {
        for (boolean byClient : new boolean[] {true, false}) {
            Pair pair = relayed.connect();
            Socket one = byClient ? pair.client() : pair.server();
            Socket other = byClient ? pair.server() : pair.client();
            one.shutdownOutput();
            assertThat(other.getInputStream().read()).isEqualTo(-1);
            one.setSoLinger(true, 0);
            one.close();
            TwoSites.await(() -> relayed.near().views().size() == 1);
            assertThatThrownBy(() -> {
                        while (true) {
                            other.getOutputStream().write(1);
                        }
                    })
                    .isInstanceOf(SocketException.class);
        }
    }

    @Test
    void tenThousandClientsThatEndAndResetOrOnlyResetLeaveNothing() throws Exception {
        relayed.acceptAll(RelayTargetsIT::readToTheEnd);
        for (int i = 0; i < LEAVING; i++) {
            try (Socket client = relayed.client()) {
                client.setSoLinger(true, 0);
                if (i % 2 == 0) {
                    client.shutdownOutput();
                }
            }
            if (i % LEAVING_AT_A_TIME == 0) { // so that each has its channel, and none is refused for want of one
                TwoSites.await(() -> relayed.near().views().size() == 1);
            }
        }
        TwoSites.await(() -> relayed.near().views().size() == 1
                && relayed.far().views().size() == 1
                && sites.seoul().status("busan").openChannels() == 1
                && sites.busan().status("seoul").openChannels() == 1);
    }

    private static void readToTheEnd(Socket target) {
        try (target) {
            target.getInputStream().readAllBytes();
        } catch (IOException reset) {
            assertThat(reset).isInstanceOf(SocketException.class);
        }
    }
}
