package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.BytePool;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.FrameKind;
import io.culvert.proto.frame.StreamMethod;
import io.culvert.proto.wire.Hello;
import io.culvert.proto.wire.Limits;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A peer with a good certificate that sends busan whatever frames a test wants; what comes back, frames and at last the status, is queued. */
public final class RawPeer extends ClientCall.Listener<Frame> implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 20;

    private final LinkedBlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    private final ManagedChannel channel;
    private final ClientCall<Frame, Frame> call;

    /** Connects to busan as this site, and says nothing yet. */
    public RawPeer(TwoSites sites, String as) {
        channel = channel(sites.busan(), "busan", sites.pki().security(as));
        call = channel.newCall(StreamMethod.carry(new BytePool()), CallOptions.DEFAULT);
        call.start(this, new Metadata());
        call.request(100);
    }

    static ManagedChannel channel(PeerStreams to, String name, PeerSecurity security) {
        return NettyChannelBuilder.forAddress(to.address())
                .overrideAuthority(name + ".culvert.test")
                .sslContext(security.dialing(name))
                .build();
    }

    /** The hello of a site that speaks this version only. */
    static Frame hello(String site, int version) {
        Hello hello = Hello.newBuilder()
                .setSite(site)
                .setMinVersion(version)
                .setMaxVersion(version)
                .setLimits(Limits.newBuilder()
                        .setChannels(10)
                        .setMessageBytes(1 << 20)
                        .setInitialCreditBytes(1 << 16)
                        .setUrgentCreditBytes(1 << 16))
                .build();
        return new Frame(0, FrameKind.HELLO, 0, version, 0, Slice.of(hello.toByteArray()));
    }

    /** Says hello as this site, and waits for busan's. */
    public void greet(String as) throws InterruptedException {
        send(hello(as, 1));
        await(FrameKind.HELLO);
    }

    public void send(Frame frame) {
        call.sendMessage(frame);
    }

    void cancel() {
        call.cancel("enough", null);
    }

    /** The next frame of this kind, whatever comes before it. */
    public Frame await(FrameKind kind) throws InterruptedException {
        Object last = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        while (last instanceof Frame frame) {
            if (frame.kind() == kind) {
                return frame;
            }
            last = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        throw new AssertionError("no " + kind + " came, but " + last);
    }

    @Override
    public void onMessage(Frame frame) {
        answers.add(frame);
        call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        answers.add(status);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
