package io.culvert.gateway.relay;

import io.culvert.gateway.relay.portmap.NetId;

/** A port of a virtual address, by one transport. */
record Port(NetId by, int number) {

    static Port tcp(int number) {
        return new Port(NetId.TCP, number);
    }

    static Port udp(int number) {
        return new Port(NetId.UDP, number);
    }

    @Override
    public String toString() {
        return switch (by) {
            case TCP -> String.valueOf(number);
            case UDP -> number + "/udp";
        };
    }
}
