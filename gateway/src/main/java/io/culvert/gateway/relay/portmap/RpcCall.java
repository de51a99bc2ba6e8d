package io.culvert.gateway.relay.portmap;

import io.culvert.dedupe.chunk.Slice;

/**
 * A call of ONC RPC version 2 (RFC 5531, section 9).
 *
 * @param credential what the caller says it is; nothing here depends on it, but that it can be read
 * @param arguments what the procedure makes of them
 */
record RpcCall(long xid, long program, long version, long procedure, Credential credential, Slice arguments) {

    private static final int CALL = 0;
    private static final int RPC_VERSION = 2;

    /** The longest body of a credential or verifier. */
    static final int MAX_AUTH_BYTES = 400;

    /** Whether the server can make something of a credential, as libtirpc sees it. */
    enum Credential {
        /** None, or one of UNIX that can be read. */
        READABLE,
        /** One of UNIX that cannot be read. */
        BROKEN,
        /** Of a flavor that is not known here. */
        UNKNOWN
    }

    /**
     * Reads a call.
     *
     * @throws MalformedXdrException if it is none, of another version of RPC, or its credential is too long: rpcbind does not
     *     answer then
     */
    static RpcCall read(Slice bytes) throws MalformedXdrException {
        XdrInput in = new XdrInput(bytes);
        long xid = in.uint();
        if (in.uint() != CALL) {
            throw new MalformedXdrException("is no call");
        }
        if (in.uint() != RPC_VERSION) {
            throw new MalformedXdrException("is of another version of RPC");
        }
        long program = in.uint();
        long version = in.uint();
        long procedure = in.uint();
        long flavor = in.uint();
        byte[] credential = in.opaque(MAX_AUTH_BYTES);
        in.uint(); // the flavor of the verifier
        in.opaque(MAX_AUTH_BYTES);
        return new RpcCall(xid, program, version, procedure, judge(flavor, credential), in.rest());
    }

    private static Credential judge(long flavor, byte[] body) {
        return switch ((int) Math.min(flavor, Integer.MAX_VALUE)) {
            case 0 -> Credential.READABLE;
            case 1 -> unix(body);
            default -> Credential.UNKNOWN;
        };
    }

    /** Stamp, machine name, uid, gid and at most 16 groups (RFC 5531, appendix A). */
    private static Credential unix(byte[] body) {
        XdrInput in = new XdrInput(Slice.of(body));
        try {
            in.uint();
            in.opaque(255);
            in.uint();
            in.uint();
            long groups = in.uint();
            return groups <= 16 && in.rest().length() >= groups * Integer.BYTES
                    ? Credential.READABLE
                    : Credential.BROKEN;
        } catch (MalformedXdrException e) {
            return Credential.BROKEN;
        }
    }
}
