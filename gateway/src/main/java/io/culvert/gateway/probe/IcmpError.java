package io.culvert.gateway.probe;

/**
 * An ICMP error that Linux kept for a socket (ip(7), IP_RECVERR).
 *
 * @param from the address of who sent it; of this host if it found out itself, such as by ARP that nobody answers
 * @param local this host made it itself
 * @param type as in the header: of ICMP (RFC 792), or of ICMPv6 (RFC 4443)
 * @param info the MTU of "fragmentation needed"
 */
record IcmpError(String from, boolean local, boolean isV6, int type, int code, int info) {

    /** What it says, as far as it matters here. */
    enum Meaning {
        NO_ROUTE,
        PROHIBITED,
        PORT_UNREACHABLE,
        TOO_BIG,
        HOPS_EXCEEDED,
        OTHER
    }

    private static final int V4_UNREACHABLE = 3;
    private static final int V4_EXCEEDED = 11;
    private static final int V6_UNREACHABLE = 1;
    private static final int V6_TOO_BIG = 2;
    private static final int V6_EXCEEDED = 3;

    Meaning meaning() {
        return isV6 ? meaningV6() : meaningV4();
    }

    private Meaning meaningV4() {
        if (type == V4_EXCEEDED) {
            return Meaning.HOPS_EXCEEDED;
        }
        if (type != V4_UNREACHABLE) {
            return Meaning.OTHER;
        }
        return switch (code) {
            case 0, 1, 5, 6, 7, 8, 11, 12 -> Meaning.NO_ROUTE;
            case 3 -> Meaning.PORT_UNREACHABLE;
            case 4 -> Meaning.TOO_BIG;
            case 9, 10, 13 -> Meaning.PROHIBITED;
            default -> Meaning.OTHER;
        };
    }

    private Meaning meaningV6() {
        return switch (type) {
            case V6_TOO_BIG -> Meaning.TOO_BIG;
            case V6_EXCEEDED -> Meaning.HOPS_EXCEEDED;
            case V6_UNREACHABLE ->
                switch (code) {
                    case 0, 2, 3 -> Meaning.NO_ROUTE;
                    case 1, 5, 6 -> Meaning.PROHIBITED;
                    case 4 -> Meaning.PORT_UNREACHABLE;
                    default -> Meaning.OTHER;
                };
            default -> Meaning.OTHER;
        };
    }

    /** For people: {@code ICMP "administratively prohibited" (type 3, code 13) from 10.0.0.1}. */
    String words() {
        String what = switch (meaning()) {
            case NO_ROUTE -> "host or net unreachable";
            case PROHIBITED -> "administratively prohibited";
            case PORT_UNREACHABLE -> "port unreachable";
            case TOO_BIG -> "fragmentation needed, MTU " + info;
            case HOPS_EXCEEDED -> "time exceeded";
            case OTHER -> "error";
        };
        return local
                ? "this host itself finds it unreachable: nobody answers for it on the link"
                : "ICMP \"" + what + "\" (type " + type + ", code " + code + ") from " + from;
    }
}
