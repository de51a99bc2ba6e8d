package io.culvert.gateway.relay;

import static io.culvert.gateway.relay.HostilePeer.data;
import static io.culvert.gateway.relay.HostilePeer.message;
import static io.culvert.gateway.relay.HostilePeer.refusal;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.StreamException;
import io.culvert.gateway.stream.TwoSites;
import io.culvert.proto.flow.FlowMessage;
import io.culvert.proto.v1.RelayOpening;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A peer with a certificate, a grant and bad intentions against the relay of busan: each attempt is refused by name, costs the peer its
 * own connection at most, and a connection of seoul that works all the while is not touched.
 */
@Timeout(120)
final class RelayAttackIT {

    private static final int CHANNELS = 1_024;
    private static final int AT_A_TIME = 128;

    @RegisterExtension
    final TwoSites sites = new TwoSites();

    private RelayedSites relayed;
    private Bystander bystander;
    private HostilePeer jeju;

    @BeforeEach
    void start() throws Exception {
        relayed = new RelayedSites(sites);
        bystander = new Bystander(relayed);
        jeju = new HostilePeer(sites, relayed.server().getLocalPort());
    }

    @AfterEach
    void theOtherConnectionIsUnharmedAndNothingIsLeft() throws Exception {
        assertThat(bystander.end()).as("harm done to the other connection").isEmpty();
        relayed.far().revoked(HostilePeer.NAME);
        relayed.awaitNothingLeft();
        TwoSites.await(() -> jeju.openChannels() == 0);
        jeju.close();
        relayed.close();
    }

    /** A connection of the hostile peer that is made in order, and the target's end of it. */
    private record Made(RelayOpening.Builder opening, Channel channel, Socket target) {}

    private Made made() throws Exception {
        RelayOpening.Builder opening = jeju.opening();
        Channel channel = jeju.open(opening);
        HostilePeer.awaitConnected(channel);
        return new Made(opening, channel, relayed.accept());
    }

    /** By RST; also when the half that comes from there was closed in order before. */
    private static void assertReset(Socket target) {
        assertThatThrownBy(() -> {
                    target.getInputStream().readAllBytes();
                    while (true) {
                        target.getOutputStream().write(0);
                    }
                })
                .isInstanceOf(SocketException.class);
    }

    // ---- openings

    @Test
    void anOpeningThatIsNoProtobufIsRefused() throws Exception {
        assertThat(refusal(jeju.open(Slice.of(new byte[] {(byte) 0xff, 1, 2, 3}))))
                .startsWith("PROTOCOL: an opening that cannot be read");
    }

    @Test
    void aNameThatIsNotOf16BytesIsRefused() throws Exception {
        for (int bytes : new int[] {0, 15, 17}) {
            assertThat(refusal(jeju.open(jeju.opening().setFlow(ByteString.copyFrom(new byte[bytes])))))
                    .isEqualTo("PROTOCOL: a connection without a name of 16 bytes");
        }
    }

    @Test
    void whatIsNotOfferedIsRefusedByName() throws Exception {
        assertThat(refusal(jeju.open(jeju.opening().setAppliance("other"))))
                .isEqualTo("REFUSED: busan has no appliance other of its own");
        for (int port : new int[] {0, 22, 70_000, -1}) {
            assertThat(refusal(jeju.open(jeju.opening().setPort(port))))
                    .isEqualTo("REFUSED: appliance dd has no service on port " + port);
        }
        relayed.refuse(HostilePeer.NAME);
        assertThat(refusal(jeju.open(jeju.opening()))).isEqualTo("REFUSED: peer jeju may not connect");
    }

    @Test
    void whatIsShownOfAnOpeningIsShortAndHasNoControlCharacters() throws Exception {
        String text = "x\u001b[2J\n".repeat(1_000);
        assertThat(refusal(jeju.open(jeju.opening().setAppliance(text))))
                .hasSizeLessThan(300)
                .contains("x?[2J?x?[2J?");
        Channel channel = jeju.open(jeju.opening().setClient(text));
        HostilePeer.awaitConnected(channel);
        assertThat(relayed.far().views().stream().map(FlowView::client))
                .anyMatch(client -> client.startsWith("x?[2J?") && client.length() <= 200);
    }

    @Test
    void aSecondConnectionOfTheSameNameIsRefusedAndTheFirstGoesOn() throws Exception {
        Made made = made();
        assertThat(refusal(jeju.open(made.opening())))
                .isEqualTo("PROTOCOL: a connection of this name is there already");
        made.channel().send(Slice.of(data(0, "on")));
        assertThat(made.target().getInputStream().readNBytes(2)).isEqualTo("on".getBytes(US_ASCII));
    }

    @Test
    void ofManyConnectionsOfOneNameAtOnceOneIsMade() throws Exception {
        RelayOpening.Builder opening = jeju.opening();
        List<Channel> channels = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            channels.add(jeju.open(opening));
        }
        List<String> refused = new ArrayList<>();
        int connected = 0;
        for (Channel channel : channels) {
            try {
                HostilePeer.awaitConnected(channel);
                connected++;
            } catch (StreamException e) {
                refused.add(e.getMessage());
            }
        }
        assertThat(connected).isOne();
        assertThat(refused).hasSize(49).allMatch(why -> why.endsWith("a connection of this name is there already"));
    }

    // ---- connections taken up again

    @Test
    void aConnectionThatIsNotThereIsNotTakenUp() throws Exception {
        assertThat(refusal(jeju.open(jeju.opening().setResumed(true))))
                .startsWith("FAILED: the far gateway does not know the connection any more");
        assertThat(refusal(jeju.open(jeju.opening().setResumed(true).setGone("nothing"))))
                .startsWith("FAILED: the far gateway does not know the connection any more");
    }

    @Test
    void theConnectionOfAnotherPeerCannotBeTakenUpNorEndedNorAskedFor() throws Exception {
        ByteString its = RelayedSites.firstId().bytes();
        for (String gone : new String[] {"", "ended by another"}) {
            assertThat(refusal(jeju.open(
                            jeju.opening().setFlow(its).setResumed(true).setGone(gone))))
                    .startsWith("FAILED: the far gateway does not know the connection any more");
        }
        assertThat(bystander.end()).isEmpty();
        TwoSites.await(() -> relayed.far().views().isEmpty());
        assertThat(refusal(jeju.open(jeju.opening().setFlow(its).setResumed(true))))
                .startsWith("FAILED: the far gateway does not know the connection any more");
        bystander = new Bystander(relayed);
    }

    @Test
    void aPlaceThatCannotBeIsRefused() throws Exception {
        assertTakeUp(6, "PROTOCOL: it has received 6 of 5");
        assertTakeUp(-1, "PROTOCOL: it has received -1");
        assertTakeUp(3, "PROTOCOL: it has received 3, in the middle of a message");
        assertTakeUp(1, "PROTOCOL: it has received 1, and said 2 before");
    }

    private void assertTakeUp(long received, String refusal) throws Exception {
        Made made = made();
        for (String piece : List.of("he", "llo")) {
            made.target().getOutputStream().write(piece.getBytes(US_ASCII));
            assertThat(made.channel().receive()).isPresent();
            if (piece.equals("he")) {
                made.channel().send(FlowMessage.ack(2, false));
            }
        }
        Channel again = jeju.open(made.opening().setResumed(true).setReceived(received));
        assertThat(refusal(again)).startsWith(refusal);
        assertReset(made.target());
    }

    @Test
    void aConnectionIsTakenUpAgainAndAgainInOneStreamWithoutHarm() throws Exception {
        Made made = made();
        made.channel().send(Slice.of(data(0, "a")));
        Channel last = made.channel();
        for (int i = 0; i < 200; i++) {
            last = jeju.open(made.opening().setResumed(true));
            HostilePeer.awaitConnected(last);
        }
        last.send(Slice.of(data(1, "b")));
        assertThat(made.target().getInputStream().readNBytes(2)).isEqualTo("ab".getBytes(US_ASCII));
    }

    // ---- messages

    static Stream<Arguments> messages() {
        return Stream.of(
                Arguments.of("of an unknown kind", List.of(message(9, 0, 0, "x")), "a message of kind 9"),
                Arguments.of(
                        "that only the far side may say",
                        List.of(FlowMessage.again(0).toArray()),
                        "need not ask"),
                Arguments.of("empty", List.of(new byte[0]), "a message of 0 bytes"),
                Arguments.of("cut short", List.of(new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0}), "of kind 1 and 9 bytes"),
                Arguments.of("without bytes", List.of(data(0, "")), "a malformed message of kind 1"),
                Arguments.of("at an offset below 0", List.of(data(-1, "x")), "a malformed message of kind 1"),
                Arguments.of("behind a gap", List.of(data(5, "x")), "offset 5 comes where 0 is next"),
                Arguments.of("over others", List.of(data(0, "ab"), data(1, "bc")), "offset 1 comes where 2 is next"),
                Arguments.of("behind the end", List.of(message(2, 0, 0, ""), data(1, "x")), "on behind its end"),
                Arguments.of("ending twice", List.of(message(2, 0, 0, ""), message(2, 1, 0, "")), "behind its end"),
                Arguments.of("ending with bytes", List.of(message(2, 0, 0, "x")), "a malformed message of kind 2"),
                Arguments.of("having what was not sent", List.of(ack(1)), "it has received 1 of 0"),
                Arguments.of("having less than nothing", List.of(ack(-1)), "a malformed message of kind 3"),
                Arguments.of("connecting again", List.of(connected()), "it was connected before"),
                Arguments.of("packed without a history", List.of(message(4, 0, 0, "x")), ""));
    }

    private static byte[] ack(long received) {
        return bytes(FlowMessage.ack(received, false));
    }

    private static byte[] connected() {
        return bytes(FlowMessage.connected(0, FlowMessage.History.NONE));
    }

    private static byte[] bytes(Slice message) {
        return Arrays.copyOfRange(message.array(), message.offset(), message.offset() + message.length());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void messagesThatCannotBeResetTheConnectionByName(String what, List<byte[]> messages, String why) throws Exception {
        Made made = made();
        for (byte[] message : messages) {
            made.channel().offer(Slice.of(message), false);
        }
        made.channel().flush();
        assertThat(refusal(made.channel()))
                .as(what)
                .startsWith("CANCELLED: the far gateway broke the protocol")
                .contains(why);
        assertReset(made.target());
    }

    @Test
    void aChannelThatIsFinishedInTheMiddleResetsTheConnection() throws Exception {
        Made made = made();
        made.channel().send(Slice.of(data(0, "x")));
        made.channel().finish();
        assertThat(refusal(made.channel()))
                .contains("the far gateway ended the channel in the middle of the connection");
        assertReset(made.target());
    }

    // ---- too many

    @Test
    void connectionsOfAPeerAreBoundedWhateverStreamsItLoses() throws Exception {
        relayed.acceptAll(target -> {});
        for (int streams = 1; streams <= RelayServer.MAX_OF_PEER / CHANNELS; streams++) {
            openAll((streams - 1) * CHANNELS);
            assertThatThrownBy(() -> jeju.open(jeju.opening())).hasMessageContaining("no more channels");
            jeju.loseStream();
        }
        for (int i = 0; i < 10; i++) {
            assertThat(refusal(jeju.open(jeju.opening())))
                    .isEqualTo("LIMIT: jeju has " + RelayServer.MAX_OF_PEER + " connections here already");
        }
    }

    /** As many as one stream can have, no more at a time than the server's backlog takes with ease. */
    private void openAll(int before) throws Exception {
        for (int made = before; made < before + CHANNELS; ) {
            for (int i = 0; i < AT_A_TIME; i++) {
                jeju.open(jeju.opening());
            }
            made += AT_A_TIME;
            int expected = made;
            TwoSites.await(() -> ofJeju() == expected, () -> ofJeju() + " of " + expected);
        }
    }

    private long ofJeju() {
        return relayed.far().views().stream()
                .filter(view -> view.peer().equals(HostilePeer.NAME))
                .count();
    }
}
