package io.culvert.gateway.stream;

import io.culvert.proto.channel.ResetCode;

/** The channel was reset, by the peer or by this side. */
public final class ChannelResetException extends StreamException {

    private static final long serialVersionUID = 1L;

    private final ResetCode code;
    private final String reason;
    private final boolean byPeer;

    public ChannelResetException(String peer, ResetCode code, String reason, boolean byPeer) {
        super(
                peer,
                byPeer
                        ? GatewayName.called(peer) + " ended the channel: " + code
                                + (reason.isEmpty() ? "" : ": " + reason)
                        : "the channel to " + peer + " was ended here: " + code + ": " + reason);
        this.code = code;
        this.reason = reason;
        this.byPeer = byPeer;
    }

    public ResetCode code() {
        return code;
    }

    public String reason() {
        return reason;
    }

    public boolean byPeer() {
        return byPeer;
    }
}
