package io.culvert.gateway.stream;

import io.culvert.proto.frame.Frame;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;

/** The call of the side that dialled; its gRPC channel is made for this one call and ends with it. */
final class DialledCarrier implements Carrier {

    private final ManagedChannel channel;
    private final ClientCall<Frame, Frame> call;
    private final Wire wire;

    DialledCarrier(ManagedChannel channel, ClientCall<Frame, Frame> call, Wire wire) {
        this.channel = channel;
        this.call = call;
        this.wire = wire;
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public void send(Frame frame) {
        call.sendMessage(frame);
    }

    @Override
    public void end() {
        call.halfClose();
        channel.shutdown();
        wire.closeAfter(Transport.LINGER);
    }

    @Override
    public void abort(String why) {
        call.cancel(why, null);
        channel.shutdownNow();
        wire.close();
    }

    @Override
    public Wire wire() {
        return wire;
    }
}
