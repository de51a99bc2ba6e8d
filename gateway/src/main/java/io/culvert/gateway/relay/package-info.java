/**
 * Relay: appliances and RPC clients that stay as they are reach those of a peer at a virtual address.
 *
 * <p>{@link io.culvert.gateway.relay.Relay} is the way in. {@link io.culvert.gateway.relay.VirtualAddress} listens for one
 * remote appliance; each connection that it accepts is a {@link io.culvert.gateway.relay.Flow} in a channel of its own, whose
 * other end {@link io.culvert.gateway.relay.RelayServer} connects to the real appliance, if this site offers it to the peer.
 * Datagrams have their own way, {@link io.culvert.gateway.relay.Datagrams} here and {@link
 * io.culvert.gateway.relay.DatagramServer} there.
 *
 * <p>{@link io.culvert.gateway.relay.portmap.PortmapListener} answers on port 111, with what {@link
 * io.culvert.gateway.relay.ProgramLearner} learns from the peer: {@link io.culvert.gateway.relay.ProgramsServer} there asks the
 * portmapper of the appliance. What a peer may connect to beyond the site file is what {@link
 * io.culvert.gateway.relay.TargetPrograms} learned itself.
 *
 * <p>Flows are driven by events, on event loops; see {@link io.culvert.gateway.relay.Flow} for its parts. The rest blocks, on virtual
 * threads. Lock order: that of a {@link io.culvert.gateway.relay.Flow}, those of {@code dedup}, those of {@code stream}; no lock is held
 * while calling out, but that of one target while its portmapper is asked.
 */
@NullMarked
package io.culvert.gateway.relay;

import org.jspecify.annotations.NullMarked;
