package io.culvert.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.channel.ChannelKind;
import io.culvert.proto.frame.BytePool;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.FrameKind;
import io.culvert.proto.frame.ProtocolCode;
import io.culvert.proto.frame.StreamMethod;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A peer with a good certificate and bad manners, and callers without one. busan is attacked. */
@Timeout(60)
final class StreamAttackIT {

    @RegisterExtension
    final TwoSites sites = new TwoSites();

    private final List<Runnable> opened = new ArrayList<>();

    @AfterEach
    void stop() {
        opened.forEach(Runnable::run);
    }

    private RawPeer raw() {
        RawPeer raw = new RawPeer(sites, "seoul");
        opened.add(raw::close);
        return raw;
    }

    @Test
    void anUnknownVersionIsRefusedByNameOnBothSides() throws Exception {
        RawPeer raw = raw();
        raw.send(RawPeer.hello("seoul", 9));
        Frame goodbye = raw.await(FrameKind.GOODBYE);
        assertThat(ProtocolCode.ofWire(goodbye.code())).isEqualTo(ProtocolCode.UNKNOWN_VERSION);
        assertThat(goodbye.text()).isEqualTo("seoul speaks versions 9 to 9, busan speaks 1 to 1");
        TwoSites.await(
                () -> sites.busan().status("seoul").lastRefusal().orElse("").contains("UNKNOWN_VERSION"));
    }

    @Test
    void aHelloInTheNameOfAnotherSiteIsRefused() throws Exception {
        RawPeer raw = raw();
        raw.send(RawPeer.hello("jeju", 1));
        assertThat(ProtocolCode.ofWire(raw.await(FrameKind.GOODBYE).code())).isEqualTo(ProtocolCode.WRONG_SITE);
    }

    @Test
    void framesBeforeTheHelloAreRefused() throws Exception {
        RawPeer raw = raw();
        raw.send(new Frame(1, FrameKind.OPEN, 0, 1, 0, Slice.empty()));
        assertThat(ProtocolCode.ofWire(raw.await(FrameKind.GOODBYE).code())).isEqualTo(ProtocolCode.HELLO_MISSING);
    }

    @Test
    void dataBeyondTheCreditClosesTheStreamByName() throws Exception {
        sites.handOver(ChannelKind.REPLICATION);
        RawPeer raw = raw();
        raw.send(RawPeer.hello("seoul", 1));
        raw.send(new Frame(1, FrameKind.OPEN, 0, 2, 100_000, Slice.empty()));
        for (int i = 0; i < 20; i++) { // 5 MiB where the window is 4
            raw.send(new Frame(1, FrameKind.DATA, 0, 0, 0, Slice.of(new byte[Frame.MAX_PAYLOAD_BYTES])));
        }
        assertThat(ProtocolCode.ofWire(raw.await(FrameKind.GOODBYE).code())).isEqualTo(ProtocolCode.CREDIT_EXCEEDED);
        // The goodbye is on its way before the side that says it counts the stream as lost.
        TwoSites.await(() -> sites.busan().status("seoul").state() != StreamState.UP);
    }

    @Test
    void aCallerThatResetsItsStreamLosesItsConnection() throws Exception {
        RawPeer raw = raw();
        raw.send(RawPeer.hello("seoul", 1));
        raw.await(FrameKind.HELLO);
        assertThat(sites.busan().acceptedConnections()).isOne();
        raw.cancel();
        TwoSites.await(() -> sites.busan().acceptedConnections() == 0);
    }

    @Test
    void aCallerThatResetsCallsTooOftenIsToldToCalmDown() throws Exception {
        MethodDescriptor<Frame, Frame> silent = StreamMethod.carry(new BytePool()).toBuilder()
                .setFullMethodName("test.Silent/Call")
                .build();
        ServerServiceDefinition service = ServerServiceDefinition.builder("test.Silent")
                .addMethod(silent, (call, headers) -> {
                    call.sendHeaders(new Metadata());
                    return new ServerCall.Listener<>() {};
                })
                .build();
        InetSocketAddress any = new InetSocketAddress(sites.busan().address().getAddress(), 0);
        StreamSettings settings = StreamSettings.of("jeju", any, List.of(service));
        try (PeerStreams jeju = PeerStreams.start(settings, sites.pki().security("jeju"))) {
            ManagedChannel channel = RawPeer.channel(jeju, "jeju", sites.pki().security("seoul"));
            opened.add(channel::shutdownNow);
            LinkedBlockingQueue<Status> ends = new LinkedBlockingQueue<>();
            Status last = Status.OK;
            for (int i = 0; i < 20 * StreamServer.MAX_RESETS && !isCalm(last); i++) {
                ResetCall call = new ResetCall(ends);
                call.start(channel.newCall(silent, CallOptions.DEFAULT));
                Status status = ends.poll(20, TimeUnit.SECONDS);
                last = status == null ? last : status;
            }
            assertThat(isCalm(last)).as("%s", last).isTrue();
        }
    }

    /** A call that is cancelled as soon as the server has it. */
    private static final class ResetCall extends ClientCall.Listener<Frame> {

        private final LinkedBlockingQueue<Status> ends;
        private ClientCall<Frame, Frame> call;

        @SuppressWarnings("NullAway.Init")
        ResetCall(LinkedBlockingQueue<Status> ends) {
            this.ends = ends;
        }

        void start(ClientCall<Frame, Frame> made) {
            call = made;
            call.start(this, new Metadata());
            call.request(1);
        }

        @Override
        public void onHeaders(Metadata headers) {
            call.cancel("again", null);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ends.add(status);
        }
    }

    private static boolean isCalm(Status status) {
        return String.valueOf(status.getDescription()).contains("ENHANCE_YOUR_CALM")
                || String.valueOf(status.getDescription()).contains("too_many_rsts");
    }

    @Test
    void connectionsOfOneAddressBeyondTheBoundAreClosedBeforeTls() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        InetSocketAddress busan = sites.busan().address();
        try {
            for (int i = 0; i < Accepted.MAX_CONNECTIONS_OF_ADDRESS; i++) {
                sockets.add(new Socket(busan.getAddress(), busan.getPort()));
            }
            TwoSites.await(() -> sites.busan().acceptedConnections() == Accepted.MAX_CONNECTIONS_OF_ADDRESS);
            try (Socket beyond = new Socket(busan.getAddress(), busan.getPort())) {
                beyond.setSoTimeout(20_000);
                assertThat(readsEnd(beyond)).isTrue();
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        TwoSites.await(() -> sites.busan().acceptedConnections() == 0);
        sites.dialFromSeoul();
    }

    private static boolean readsEnd(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void connectionsThatFinishAndResetLeaveNothingBehind() throws Exception {
        InetSocketAddress busan = sites.busan().address();
        for (int i = 0; i < 2_000; i++) {
            try (Socket socket = new Socket(busan.getAddress(), busan.getPort())) {
                socket.setSoLinger(true, 0);
                socket.shutdownOutput();
            }
        }
        TwoSites.await(() -> sites.busan().acceptedConnections() == 0);
        sites.dialFromSeoul();
    }
}
