package io.culvert.gateway.stream;

import io.culvert.proto.frame.Frame;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** The call of the side that was dialled; its TCP connection ends with it. */
final class AcceptedCarrier implements Carrier {

    private final ServerCall<Frame, Frame> call;
    private final Wire wire;

    AcceptedCarrier(ServerCall<Frame, Frame> call, Wire wire) {
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
        call.close(Status.OK, new Metadata());
        wire.closeAfter(Transport.LINGER);
    }

    @Override
    public void abort(String why) {
        wire.close();
    }

    @Override
    public Wire wire() {
        return wire;
    }
}
