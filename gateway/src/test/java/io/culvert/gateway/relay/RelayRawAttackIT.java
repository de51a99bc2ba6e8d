package io.culvert.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.RawPeer;
import io.culvert.gateway.stream.TwoSites;
import io.culvert.proto.flow.FlowMessage;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.FrameKind;
import io.culvert.proto.frame.ProtocolCode;
import io.culvert.proto.v1.RelayOpening;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A peer that breaks the protocol of the stream under the relay: it loses its stream, by name, and nobody else anything. Its connections
 * are held as for any lost stream, for no longer than {@code relay.hold}.
 */
@Timeout(60)
final class RelayRawAttackIT {

    private static final int RELAY = 4;
    private static final int CREDIT_BYTES = 100_000;

    @RegisterExtension
    final TwoSites sites = new TwoSites();

    private RelayedSites relayed;
    private Bystander bystander;
    private RawPeer jeju;
    private Socket target;

    @BeforeEach
    void start() throws Exception {
        relayed = new RelayedSites(sites);
        bystander = new Bystander(relayed);
        jeju = new RawPeer(sites, HostilePeer.NAME);
        jeju.greet(HostilePeer.NAME);
        jeju.send(open(1, 1));
        target = relayed.accept();
        jeju.await(FrameKind.DATA);
    }

    private Frame open(long channel, long name) {
        RelayOpening opening = RelayOpening.newBuilder()
                .setAppliance(RelayedSites.DD)
                .setPort(relayed.server().getLocalPort())
                .setFlow(HostilePeer.name(name))
                .build();
        return new Frame(channel, FrameKind.OPEN, 0, RELAY, CREDIT_BYTES, Slice.of(opening.toByteArray()));
    }

    private static Frame frame(long channel, FrameKind kind, byte[] bytes) {
        return new Frame(channel, kind, 0, 0, 0, Slice.of(bytes));
    }

    @AfterEach
    void theStreamIsLostTheConnectionIsHeldForAWhileAndTheOtherIsUnharmed() throws Exception {
        TwoSites.await(() -> relayed.far().views().stream().anyMatch(RelayRawAttackIT::isHeld));
        relayed.pass(Duration.ofSeconds(301));
        assertThatThrownBy(() -> target.getInputStream().readAllBytes()).isInstanceOf(SocketException.class);
        assertThat(bystander.end()).as("harm done to the other connection").isEmpty();
        relayed.awaitNothingLeft();
        jeju.close();
        relayed.close();
    }

    private static boolean isHeld(FlowView view) {
        return view.peer().equals(HostilePeer.NAME) && view.heldSince().isPresent();
    }

    private void assertGoodbye(ProtocolCode code) throws InterruptedException {
        assertThat(ProtocolCode.ofWire(jeju.await(FrameKind.GOODBYE).code())).isEqualTo(code);
    }

    @Test
    void bytesBeyondTheCreditLoseTheStream() throws Exception {
        int bytes = 60_000;
        for (int i = 0; i < 2_000; i++) { // the target does not read; no window of the relay is as large
            byte[] message = new byte[FlowMessage.HEAD_BYTES + bytes];
            FlowMessage.writeHead(message, 0, FlowMessage.DATA, false, (long) i * bytes, 0);
            jeju.send(frame(1, FrameKind.DATA, message));
        }
        assertGoodbye(ProtocolCode.CREDIT_EXCEEDED);
    }

    @Test
    void aMessageLongerThanAConnectionMaySendLosesTheStream() throws Exception {
        jeju.send(new Frame(1, FrameKind.DATA, Frame.MORE, 0, (256 << 10) + 1, Slice.of(new byte[50_000])));
        assertGoodbye(ProtocolCode.MESSAGE_INVALID);
    }

    @Test
    void aChannelThatIsOpenedAgainLosesTheStream() throws Exception {
        jeju.send(open(1, 2));
        assertGoodbye(ProtocolCode.REUSED_CHANNEL);
    }

    @Test
    void aChannelThatIsOpenedAgainAfterItsEndLosesTheStream() throws Exception {
        jeju.send(open(3, 2));
        jeju.send(new Frame(3, FrameKind.RESET, 0, 1, 0, Slice.empty()));
        jeju.send(open(3, 3));
        assertGoodbye(ProtocolCode.REUSED_CHANNEL);
    }

    @Test
    void moreChannelsThanThereMayBeLoseTheStream() throws Exception {
        for (int i = 1; i <= 1_024; i++) {
            jeju.send(new Frame(1 + 2L * i, FrameKind.OPEN, 0, 1, CREDIT_BYTES, Slice.empty()));
        }
        assertGoodbye(ProtocolCode.TOO_MANY_CHANNELS);
    }
}
