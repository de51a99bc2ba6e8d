/**
 * Dedup of relayed bytes: what a flow repeats of what this gateway sent to the peer before goes as references to it.
 *
 * <p>For each peer and direction both gateways keep the same history, a ring of bytes on disk:
 * {@link io.culvert.gateway.relay.dedup.SentHistory} at the sender, {@link io.culvert.gateway.relay.dedup.ReceivedHistory} at the
 * receiver. {@link io.culvert.gateway.relay.dedup.FlowPacker} and {@link io.culvert.gateway.relay.dedup.FlowUnpacker} are the two
 * ends of one flow in one channel; {@code PackedMessage} draws what goes between them, and {@code SentRing} says why the two
 * histories agree without a word about them.
 *
 * <pre>
 * bytes -- RecordCarver --&gt; headers, payload -- PayloadMatcher --&gt; fresh, repeated -- MessageWriter --&gt; message
 *                                               |  SentRing, PositionIndex
 * </pre>
 *
 * <p>Locks: that of {@code SentHistory} before that of {@code SentRing}; those of {@code ToolShelf} and {@code RingFile} are leaves.
 * None is held while packing reads or writes a file.
 */
@NullMarked
package io.culvert.gateway.relay.dedup;

import org.jspecify.annotations.NullMarked;
