package io.culvert.gateway.relay.portmap;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A transport as rpcbind names it (RFC 5665), in either {@link Family}. */
public enum NetId {
    TCP(6, 3),
    UDP(17, 1);

    private final int protocol;
    private final int semantics;

    NetId(int protocol, int semantics) {
        this.protocol = protocol;
        this.semantics = semantics;
    }

    /** Its number in IP headers and in version 2. */
    public int protocol() {
        return protocol;
    }

    /** {@code nc_semantics} of netconfig: 3 for a connection with orderly release, 1 for datagrams. */
    int semantics() {
        return semantics;
    }

    /** Its name, of IPv4. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<NetId> ofProtocol(long protocol) {
        return Arrays.stream(values()).filter(id -> id.protocol == protocol).findFirst();
    }
}
