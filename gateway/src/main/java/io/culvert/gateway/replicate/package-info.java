/**
 * Replication: a source is cut into chunks, what the far pool lacks crosses the stream, and a snapshot appears there.
 *
 * <p>The way of a chunk: a source ({@code TreeSource}, {@code VolumeSource}, {@code StreamSource}, {@code StoredSource})
 * reads it into a {@link io.culvert.gateway.replicate.Block}, names it and offers it to a
 * {@link io.culvert.gateway.replicate.SnapshotTarget}: a peer's pool ({@code PeerTarget}) or one here
 * ({@code PoolTarget}). What is missing is packed into a segment and sent; {@code SessionReceiver} at the far side
 * verifies, appends, forces and acknowledges it.
 *
 * <p>Lock order: {@code Job} before {@code PeerTarget}; nothing is called out under either.
 */
@NullMarked
package io.culvert.gateway.replicate;

import org.jspecify.annotations.NullMarked;
