package io.culvert.gateway.probe;

/** How many routers a packet passed, by what is left of the hop limit that systems begin with. */
final class Hops {

    private Hops() {}

    static int of(int hopLimit) {
        return begun(hopLimit) - hopLimit;
    }

    /** What a packet with this one began with. */
    static int begun(int hopLimit) {
        return hopLimit <= 64 ? 64 : hopLimit <= 128 ? 128 : 255;
    }
}
