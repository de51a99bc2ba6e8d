package io.culvert.gateway.probe;

/** How many routers a packet passed, by what is left of the hop limit that systems begin with. */
final class Hops {

    private Hops() {}

    static int of(int hopLimit) {
        for (int begun : new int[] {64, 128}) {
            if (hopLimit <= begun) {
                return begun - hopLimit;
            }
        }
        return 255 - hopLimit;
    }
}
