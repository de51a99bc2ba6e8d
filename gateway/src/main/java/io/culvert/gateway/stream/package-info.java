/**
 * The one stream to each peer: a TCP connection, TLS, one gRPC call, and channels inside it with blocking calls.
 *
 * <pre>
 *   PeerStreams ── Peer (one for each) ── Link (the live stream) ── LinkChannel (what callers hold)
 *        │            └─ Dialer             ├─ Mux (pure machine of replication-proto), moved by Pump
 *                                           ├─ LinkLife (greeting, up, closing, lost), watched by Keepalive
 *        └─ StreamServer                    ├─ Carrier (gRPC call, dialled or accepted) ── Wire (bytes of the TCP socket)
 *                                           └─ Throttle
 * </pre>
 *
 * <p>Callers are virtual threads and block, or listen to a channel ({@code ChannelListener}, told by {@code Telling}) and offer messages
 * without waiting: relayed connections do, whose sockets ({@code Sockets}, {@code FlowSocket}) are on the same event loops. gRPC's
 * listeners run on Netty's event loops, end in {@code Link} and never block. Lock order: Peer, then Link; nothing outside this package is called with either held. gRPC is called with
 * neither held. What is part of a Link (LinkLife, LinkChannels, LinkChannel, Pump, Throttle) has no lock of its own: the
 * link's guards it.
 */
@NullMarked
package io.culvert.gateway.stream;

import org.jspecify.annotations.NullMarked;
