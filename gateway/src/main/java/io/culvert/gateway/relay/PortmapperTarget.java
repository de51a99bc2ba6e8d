package io.culvert.gateway.relay;

/**
 * The portmapper of an appliance of this site, and what peers may learn from it.
 *
 * @param host of the appliance
 * @param port of its portmapper, by TCP
 * @param programs the others are nobody's business
 */
public record PortmapperTarget(String host, int port, NamedPrograms programs) {}
