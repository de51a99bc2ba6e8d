package io.culvert.gateway.stream;

/** Hears what a {@link FlowSocket} has; called on its event loop, in order; must not block. */
public interface SocketListener {

    /**
     * Bytes came.
     *
     * @param array is the listener's; has the room that was asked for before the bytes
     * @param lengthBytes room and bytes together
     */
    void came(byte[] array, int lengthBytes);

    /** The far side closed its half in order. */
    void ended();

    /** It was reset, or failed; the last call. Not told of an own {@link FlowSocket#abort} or {@link FlowSocket#close}. */
    void failed(String why);
}
