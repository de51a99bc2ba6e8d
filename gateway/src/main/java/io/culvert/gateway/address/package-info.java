/**
 * Addresses of this host that come and go with what it owns: the virtual addresses of a site with several gateways.
 *
 * <p>An address is given to an interface for seconds, and again as long as it is owned, so that the kernel takes it away when the gateway
 * is killed, hangs or is stopped: before the lease ends by which another gateway may have it. Who comes to have it says so on the
 * network ({@link io.culvert.gateway.address.GratuitousArp}, {@link io.culvert.gateway.address.NeighbourAdvertisement}).
 */
@NullMarked
package io.culvert.gateway.address;

import org.jspecify.annotations.NullMarked;
