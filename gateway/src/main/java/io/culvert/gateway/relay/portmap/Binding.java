package io.culvert.gateway.relay.portmap;

/**
 * A program that can be reached at an address.
 *
 * @param program 0 to 2^32 - 1, as {@code version}
 * @param owner who registered it, as rpcbind says: {@code superuser}, {@code unknown} or a number
 */
public record Binding(long program, long version, NetId netId, int port, String owner) {

    public Binding {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port must be 1..65535, was " + port);
        }
    }
}
