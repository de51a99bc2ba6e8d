/**
 * Names the layer between this host and another that blocks: steps that each find facts, and a verdict that follows from the facts alone.
 *
 * <p>{@link io.culvert.gateway.probe.Probe} takes the steps, the harmless ones first, within a time limit and on the thread that calls it.
 * {@link io.culvert.gateway.probe.Diagnosis} is pure: facts in, verdict out. {@link io.culvert.gateway.probe.KernelSocket} asks Linux what the
 * JDK does not tell: what is unacknowledged (TCP_INFO), which ICMP error came from where (IP_RECVERR), from how far a packet came (IP_MINTTL).
 * None of it needs root.
 */
@NullMarked
package io.culvert.gateway.probe;

import org.jspecify.annotations.NullMarked;
