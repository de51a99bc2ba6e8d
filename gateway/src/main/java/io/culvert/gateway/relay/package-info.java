/**
 * Relay: appliances and RPC clients that stay as they are reach those of a peer at a virtual address.
 *
 * <p>{@link io.culvert.gateway.relay.Relay} is the way in. {@link io.culvert.gateway.relay.VirtualAddress} listens for one
 * remote appliance; each connection that it accepts is a {@link io.culvert.gateway.relay.Flow} in a channel of its own, whose
 * other end {@link io.culvert.gateway.relay.RelayServer} connects to the real appliance, if this site offers it to the peer.
 * {@link io.culvert.gateway.relay.PortmapListener} answers on port 111.
 *
 * <p>One virtual thread for each direction of a flow, blocking; no locks are held while calling out.
 */
@NullMarked
package io.culvert.gateway.relay;

import org.jspecify.annotations.NullMarked;
