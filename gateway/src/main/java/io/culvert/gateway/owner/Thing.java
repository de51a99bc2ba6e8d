package io.culvert.gateway.owner;

import java.util.Locale;

/** Something of a site that exactly one of its gateways owns at a time. */
public record Thing(Kind kind, String name) {

    /** What it is, in the order in which a gateway takes them. */
    public enum Kind {
        POOL,
        /** The stream to a peer. */
        PEER,
        /** The virtual address of an appliance of a peer. */
        APPLIANCE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Thing pool(String name) {
        return new Thing(Kind.POOL, name);
    }

    public static Thing peer(String name) {
        return new Thing(Kind.PEER, name);
    }

    public static Thing appliance(String name) {
        return new Thing(Kind.APPLIANCE, name);
    }

    /** What people call its kind. */
    public String word() {
        return kind.word();
    }

    /** Its name among everything that is owned. */
    public String id() {
        return "+" + kind.word() + "/" + name;
    }

    @Override
    public String toString() {
        return kind.word() + " " + name;
    }
}
