package io.culvert.gateway.probe;

/** How an attempt to connect ended. */
sealed interface Answer {

    /** It is open. */
    record Open() implements Answer {}

    /** A reset came. */
    record Reset(Sender sender) implements Answer {}

    /** Nothing came until the limit, after several attempts. */
    record Silent() implements Answer {}

    /** An ICMP error came, or this host found the next one away. */
    record Icmp(IcmpError error) implements Answer {}

    /** This host has no way there, or does not let it out. */
    record Local(int errno) implements Answer {}

    /** There was no time for it. */
    record Untried() implements Answer {}

    /** Who sent a reset, by the hops that it made. */
    enum Sender {
        /** It made as many hops as what certainly comes from the host. */
        HOST,
        /** It made fewer. */
        NEARER,
        UNKNOWN
    }

    /** For a table. */
    default String word() {
        return switch (this) {
            case Open open -> "open";
            case Reset reset ->
                switch (reset.sender()) {
                    case HOST -> "refused by the host";
                    case NEARER -> "refused in front of the host";
                    case UNKNOWN -> "refused";
                };
            case Silent silent -> "no answer";
            case Icmp icmp -> icmp.error().words();
            case Local local -> Errno.words(local.errno());
            case Untried untried -> "not tested";
        };
    }

    default boolean isOpen() {
        return this instanceof Open;
    }
}
