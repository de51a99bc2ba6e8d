/**
 * Who owns each job at this site, and how far each job has come.
 *
 * <p>{@link io.culvert.gateway.checkpoint.CheckpointStore} is the role. {@link
 * io.culvert.gateway.checkpoint.EtcdCheckpointStore} keeps it in the site's etcd and lets several gateways share it; {@link
 * io.culvert.gateway.checkpoint.EmbeddedCheckpointStore} keeps it in one file for one gateway. {@link
 * io.culvert.gateway.checkpoint.CheckpointWriter} stands in front of either and turns any number of submissions into a few
 * writes.
 *
 * <p>Three promises hold whatever the store goes through:
 *
 * <ul>
 *   <li>Every write is guarded by the {@linkplain io.culvert.dedupe.pool.Fence fence} of a live ownership, in the same
 *       transaction. A writer that lost its ownership without noticing gets {@link
 *       io.culvert.gateway.checkpoint.FencedException} and has changed nothing.
 *   <li>Fences of one job only grow, also across restarts, so a receiver that refuses a lower one refuses every former owner.
 *   <li>A value that is damaged, or older than what was written last, is named and refused, never returned.
 * </ul>
 *
 * {@link io.culvert.gateway.checkpoint.Migration} moves what one store keeps into another while nobody works with either.
 *
 * <p>A checkpoint is a hint all the same: the receiver's durable bytes are the truth, and a takeover reconciles with them.
 *
 * <p>Lock order: a store's own lock, then that of its {@code Holdings} or {@code StateBoard}. A {@link
 * io.culvert.gateway.checkpoint.LossListener} is called with none of them held.
 */
@NullMarked
package io.culvert.gateway.checkpoint;

import org.jspecify.annotations.NullMarked;
