package io.culvert.gateway.stream;

import io.culvert.proto.frame.Frame;

/** The gRPC call under a stream, dialled or accepted. Calls come from one thread at a time but {@link #abort}. */
interface Carrier {

    /** Whether the transport takes another frame without piling up; {@link Link#onReady} tells when it does again. */
    boolean isReady();

    /** Copies the frame into the transport's buffers. */
    void send(Frame frame);

    /** Ends the call behind what was sent. */
    void end();

    /** Closes the connection at once, from any thread. */
    void abort(String why);

    Wire wire();
}
