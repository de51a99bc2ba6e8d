/**
 * Replication: a source is cut into chunks, what the far pool lacks crosses the stream, and a snapshot appears there.
 *
 * <p>The way of a chunk: {@code TreeSource} or {@code SourceReader} walks the source, {@code ContentReader} reads it into a
 * {@code BlockPool.Block}, cuts and names the chunks, and offers them to a {@code SnapshotTarget}: a peer's pool
 * ({@code PeerTarget}) or one here ({@code PoolTarget}). What is missing is packed into a segment and sent; {@link
 * io.culvert.gateway.replicate.SessionReceiver} at the far side verifies, appends, forces and acknowledges it. {@code
 * StoredSource} offers what lies in a pool here. The way back: {@code SnapshotReader} walks a manifest and hands
 * out its leaves; {@code InOrder} puts the data of a pool here behind them for a {@link
 * io.culvert.gateway.replicate.RestoreSink}. For a peer, {@link io.culvert.gateway.replicate.ReadServer} has {@code
 * StoredSegments} send them with the segments that hold what they name; {@code SnapshotAssembly} puts them in order there.
 *
 * <p>{@link io.culvert.gateway.replicate.Replicator} keeps the jobs, {@code JobRun} runs one to its end and decides what its
 * failures mean.
 *
 * <p>Locks: {@code Replicator} before {@code Job}. {@code PeerTarget}, {@code SegmentStore} and {@code BlockPool} have one each,
 * held together with no other; nothing is called out under any. {@code SessionReceiver} has one for what is being said, held
 * while it is sent so that a refusal comes whole and before the end, then one for the session.
 */
@NullMarked
package io.culvert.gateway.replicate;

import org.jspecify.annotations.NullMarked;
