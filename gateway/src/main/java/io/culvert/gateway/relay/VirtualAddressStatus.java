package io.culvert.gateway.relay;

import java.time.Instant;

/**
 * How an appliance of a peer can be reached here.
 *
 * @param serving whether all of its ports are listened on
 * @param since when that became so
 * @param trouble one sentence if it is not serving; empty if it is
 * @param flows connections that are relayed now
 */
public record VirtualAddressStatus(
        String name, String peer, String address, boolean serving, Instant since, String trouble, int flows) {}
