package io.culvert.gateway.relay.portmap;

/**
 * A program that can be reached at the virtual address.
 *
 * @param owner who registered it, as rpcbind says: {@code superuser}, {@code unknown} or a number
 */
record Binding(long program, long version, NetId netId, int port, String owner) {

    Binding {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port must be 1..65535, was " + port);
        }
    }
}
