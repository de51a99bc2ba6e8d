/**
 * What each of the gateways of a site owns: pools, the streams to peers, and the virtual addresses of appliances, each by exactly one
 * gateway at a time, by lease and fence.
 *
 * <pre>
 *   SiteConfig ── Shares ──► what must be at one gateway
 *   Book (etcd) ── look ──► who lives, who owns ── Placement ──► who should own
 *                                                      │
 *   Keeper, each half second: claims what should be here and nobody owns, gives up what should not
 *                                                      │
 *   Duty ◄── take, leave ─────────────────────────────┘        Whereabouts: what everybody else asks
 * </pre>
 *
 * <p>All gateways compute the same placement from what they see in etcd; when they see different things for a moment, the claim decides. A
 * gateway that is alone owns everything without a claim, so that it needs no etcd for that; one that knows of another claims nothing
 * before that other was seen in etcd.
 *
 * <p>Locks: {@code Keeper} has one for each thing, held while its duty is taken or left; {@code Whereabouts} is lock-free.
 */
@NullMarked
package io.culvert.gateway.owner;

import org.jspecify.annotations.NullMarked;
