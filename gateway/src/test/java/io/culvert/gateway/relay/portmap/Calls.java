package io.culvert.gateway.relay.portmap;

import io.culvert.dedupe.chunk.Slice;
import java.util.HexFormat;

/** Calls to a portmapper, as a client makes them. */
final class Calls {

    static final long XID = 7;

    private Calls() {}

    /** A call without a credential; arguments follow. */
    static XdrOutput call(long program, long version, long procedure) {
        return call(program, version, procedure, 0, new byte[0]);
    }

    static XdrOutput call(long program, long version, long procedure, long flavor, byte[] credential) {
        return new XdrOutput()
                .uint(XID)
                .uint(0)
                .uint(2)
                .uint(program)
                .uint(version)
                .uint(procedure)
                .uint(flavor)
                .opaque(credential)
                .uint(0)
                .uint(0);
    }

    static XdrOutput portmapper(long version, long procedure) {
        return call(Bindings.PORTMAPPER, version, procedure);
    }

    /** A call of version 2 with a {@code struct pmap}. */
    static byte[] pmap(long procedure, long program, long version, long protocol, long port) {
        return portmapper(2, procedure)
                .uint(program)
                .uint(version)
                .uint(protocol)
                .uint(port)
                .toBytes();
    }

    /** A call of version 3 or 4 with a {@code struct rpcb}. */
    static byte[] rpcb(long ofVersion, long procedure, long program, long version, String netId, String address) {
        return portmapper(ofVersion, procedure)
                .uint(program)
                .uint(version)
                .string(netId)
                .string(address)
                .string("superuser")
                .toBytes();
    }

    /** The body of a credential of UNIX. */
    static byte[] unix(String machine, int groups) {
        XdrOutput body = new XdrOutput().uint(0).string(machine).uint(0).uint(0).uint(groups);
        for (int i = 0; i < groups; i++) {
            body.uint(i);
        }
        return body.toBytes();
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    static Slice slice(byte[] bytes) {
        return Slice.of(bytes);
    }
}
