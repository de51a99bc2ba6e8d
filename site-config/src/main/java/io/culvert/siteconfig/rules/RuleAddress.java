package io.culvert.siteconfig.rules;

import java.net.InetAddress;

/**
 * Where a firewall sees a gateway.
 *
 * @param port that it is dialled at; 0 where that is not known, of a site that is not dialled
 * @param from how the address is known, a few words
 */
public record RuleAddress(InetAddress address, int port, String from) {}
