package io.culvert.gateway.identity;

/** What changed in the {@link PeerRegistry}. */
public sealed interface PeerChange {
    /** The peer as it is now. */
    Peer peer();

    /** A peer was added, or enrolled anew after it was revoked. */
    record Enrolled(Peer peer) implements PeerChange {}

    /** Its CA certificates, revoked serial numbers or endpoint changed: what is connected must be checked again. */
    record Changed(Peer peer) implements PeerChange {}

    /** It is not trusted any more: what is connected must be closed. */
    record Revoked(Peer peer) implements PeerChange {}
}
