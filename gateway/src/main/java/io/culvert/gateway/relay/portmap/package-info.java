/**
 * The portmapper of a virtual address: answers as rpcbind 1.2.6 does (RFC 1833, versions 2, 3 and 4), from a table of
 * {@link io.culvert.gateway.relay.portmap.Binding}s, with the virtual address where rpcbind would name its own.
 *
 * <p>{@link io.culvert.gateway.relay.portmap.PortmapListener} is the way in; {@link
 * io.culvert.gateway.relay.portmap.PortmapperClient} asks a real one. What answers is pure: a call in, at most one reply out. {@link io.culvert.gateway.relay.portmap.RecordAssembler} takes calls out of a TCP
 * connection (RFC 5531, section 11), {@link io.culvert.gateway.relay.portmap.RpcCall} reads one, {@link
 * io.culvert.gateway.relay.portmap.Portmapper} answers it. Every length is checked before it is believed (CVE-2017-8779).
 */
@NullMarked
package io.culvert.gateway.relay.portmap;

import org.jspecify.annotations.NullMarked;
