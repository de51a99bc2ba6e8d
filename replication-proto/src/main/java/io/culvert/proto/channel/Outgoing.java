package io.culvert.proto.channel;

import io.culvert.proto.frame.Frame;

/**
 * A frame to be written now.
 *
 * @param ticket of the message that is wholly written with this frame, as {@link Mux#send} returned it; 0 if none is
 */
public record Outgoing(Frame frame, long ticket) {

    /** Whether it belongs to the bulk class, which a throttle holds back. */
    public boolean bulk() {
        return switch (frame.kind()) {
            case DATA -> !frame.has(Frame.URGENT);
            case HELLO, PING, PONG, OPEN, CREDIT, FINISH, RESET, GOODBYE, MALFORMED -> false;
        };
    }
}
