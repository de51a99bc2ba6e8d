package io.culvert.gateway.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.ChannelResetException;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.StreamException;
import io.culvert.gateway.stream.StreamState;
import io.culvert.gateway.stream.TwoSites;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.flow.FlowMessage;
import io.culvert.proto.v1.RelayOpening;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Site jeju, with a good certificate and a grant, that says to busan's relay what no gateway says. */
final class HostilePeer implements AutoCloseable {

    static final String NAME = "jeju";

    private final TwoSites sites;
    private final PeerStreams streams;
    private final int port;
    private long names;

    /** @param port of the appliance {@link RelayedSites#DD} */
    HostilePeer(TwoSites sites, int port) throws IOException, InterruptedException {
        this.sites = sites;
        this.port = port;
        streams = sites.site(NAME);
        dial();
    }

    private void dial() throws InterruptedException {
        streams.dial("busan", "127.0.0.1", sites.busan().address().getPort());
        TwoSites.await(() -> streams.status("busan").state() == StreamState.UP);
    }

    /** Loses its stream and makes another. */
    void loseStream() throws InterruptedException {
        streams.close("busan");
        TwoSites.await(() -> sites.busan().status(NAME).state() != StreamState.UP);
        dial();
    }

    /** A name of a connection that was not used before. */
    static ByteString name(long number) {
        return new FlowId(NAME.hashCode(), number).bytes();
    }

    /** How a connection to {@link RelayedSites#DD} is opened, by a new name. */
    RelayOpening.Builder opening() {
        return RelayOpening.newBuilder()
                .setAppliance(RelayedSites.DD)
                .setPort(port)
                .setClient("192.0.2.1:1")
                .setFlow(name(++names));
    }

    Channel open(RelayOpening.Builder opening) throws StreamException {
        return open(Slice.of(opening.build().toByteArray()));
    }

    Channel open(Slice opening) throws StreamException {
        return streams.open("busan", ChannelKind.RELAY, opening);
    }

    int openChannels() {
        return streams.status("busan").openChannels();
    }

    /** Waits until busan has connected to the appliance. */
    static void awaitConnected(Channel channel) throws Exception {
        FlowMessage first = FlowMessage.read(channel.receive().orElseThrow());
        if (!(first instanceof FlowMessage.Connected)) {
            throw new AssertionError("the first message is " + first);
        }
    }

    /** The code and the reason with which busan resets the channel, whatever comes before. */
    static String refusal(Channel channel) throws Exception {
        try {
            for (Optional<Slice> came = channel.receive(); came.isPresent(); ) {
                came = channel.receive();
            }
            return "finished in order";
        } catch (ChannelResetException e) {
            return e.code() + ": " + e.reason();
        }
    }

    /** A message of these numbers, of a kind that has an offset or of one that does not exist. */
    static byte[] message(int kind, long offset, long received, String bytes) {
        return ByteBuffer.allocate(FlowMessage.HEAD_BYTES + bytes.length())
                .put((byte) kind)
                .putLong(offset)
                .putLong(received)
                .put(bytes.getBytes(US_ASCII))
                .array();
    }

    static byte[] data(long offset, String bytes) {
        return message(FlowMessage.DATA, offset, 0, bytes);
    }

    @Override
    public void close() {
        streams.close();
    }
}
