package io.culvert.gateway.alert;

/**
 * Who says it.
 *
 * @param gateway its name, such as {@code seoul/2}
 * @param version of the gateway
 */
public record Origin(String site, String gateway, String host, String version) {}
