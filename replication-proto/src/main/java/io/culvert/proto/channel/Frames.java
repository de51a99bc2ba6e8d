package io.culvert.proto.channel;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.proto.frame.Frame;
import io.culvert.proto.frame.FrameKind;
import io.culvert.proto.frame.ProtocolCode;

/** Makes frames of each kind. */
final class Frames {

    private Frames() {}

    static Frame hello(Hello hello) {
        return new Frame(0, FrameKind.HELLO, 0, hello.maxVersion(), 0, hello.toPayload());
    }

    static Frame ping(long token) {
        return new Frame(0, FrameKind.PING, 0, 0, token, Slice.empty());
    }

    static Frame pong(long token) {
        return new Frame(0, FrameKind.PONG, 0, 0, token, Slice.empty());
    }

    static Frame open(long channel, ChannelKind kind, long creditBytes, Slice payload) {
        return new Frame(channel, FrameKind.OPEN, 0, kind.wire(), creditBytes, payload);
    }

    static Frame data(long channel, int flags, long lengthBytes, Slice payload) {
        return new Frame(channel, FrameKind.DATA, flags, 0, lengthBytes, payload);
    }

    static Frame credit(long channel, long bytes, boolean urgent) {
        return new Frame(channel, FrameKind.CREDIT, urgent ? Frame.URGENT : 0, 0, bytes, Slice.empty());
    }

    static Frame finish(long channel) {
        return new Frame(channel, FrameKind.FINISH, 0, 0, 0, Slice.empty());
    }

    static Frame reset(long channel, ResetCode code, String reason) {
        return new Frame(channel, FrameKind.RESET, 0, code.wire(), 0, Frame.textPayload(reason));
    }

    static Frame goodbye(ProtocolCode code, String reason) {
        return new Frame(0, FrameKind.GOODBYE, 0, code.wire(), 0, Frame.textPayload(reason));
    }
}
