package io.culvert.gateway.relay.dedup;

/** What a packer does with the bytes of its flow, and why. */
public enum PackingState {
    /** Nothing: {@link Mode#OFF}. */
    OFF,

    /** Packs. */
    ACTIVE,

    /** Packs, but the peer keeps no history, or this gateway's file of it failed: compression alone. */
    WITHOUT_HISTORY,

    /** Sends them as they are: the flow began as TLS does. */
    BYPASSED_ENCRYPTED,

    /** Sends them as they are: they are as random as encrypted or compressed bytes and did not repeat. */
    BYPASSED_INCOMPRESSIBLE
}
