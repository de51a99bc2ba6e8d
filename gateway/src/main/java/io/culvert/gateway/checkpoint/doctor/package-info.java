/**
 * How the site's etcd cluster is, and what keeps it well.
 *
 * <p>{@link io.culvert.gateway.checkpoint.doctor.EtcdDoctor} asks every member for its state and its metrics, when asked and every
 * 20 seconds, and
 * {@link io.culvert.gateway.checkpoint.doctor.Thresholds} says what of that is wrong, pure. {@link
 * io.culvert.gateway.checkpoint.doctor.Upkeep} compacts and defragments without ever costing the quorum; {@link
 * io.culvert.gateway.checkpoint.doctor.Replacement} replaces a member, as {@link
 * io.culvert.gateway.checkpoint.doctor.ReplacementPlan} decides. {@link io.culvert.gateway.checkpoint.doctor.EtcdRestore} needs none of
 * them: it makes a new cluster's data out of a backup when all is lost.
 */
@NullMarked
package io.culvert.gateway.checkpoint.doctor;

import org.jspecify.annotations.NullMarked;
