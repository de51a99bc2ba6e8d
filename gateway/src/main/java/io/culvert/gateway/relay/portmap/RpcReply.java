package io.culvert.gateway.relay.portmap;

/** Replies of ONC RPC (RFC 5531, section 9). */
final class RpcReply {

    /** Why a call is denied: {@code auth_stat}. */
    static final int BAD_CREDENTIAL = 1;

    static final int REJECTED_CREDENTIAL = 2;
    static final int TOO_WEAK = 5;

    private static final int REPLY = 1;
    private static final int ACCEPTED = 0;
    private static final int DENIED = 1;
    private static final int AUTH_ERROR = 1;

    private static final int SUCCESS = 0;
    private static final int PROGRAM_UNAVAILABLE = 1;
    private static final int PROGRAM_MISMATCH = 2;
    private static final int PROCEDURE_UNAVAILABLE = 3;
    private static final int GARBAGE_ARGUMENTS = 4;
    private static final int SYSTEM_ERROR = 5;

    private RpcReply() {}

    /** The beginning of a reply whose results follow. */
    static XdrOutput accepted(RpcCall call) {
        return accepted(call, SUCCESS);
    }

    private static XdrOutput accepted(RpcCall call, int status) {
        return new XdrOutput()
                .uint(call.xid())
                .uint(REPLY)
                .uint(ACCEPTED)
                .uint(0) // a verifier of no flavor
                .uint(0)
                .uint(status);
    }

    static byte[] programUnavailable(RpcCall call) {
        return accepted(call, PROGRAM_UNAVAILABLE).toBytes();
    }

    static byte[] versionMismatch(RpcCall call, long lowest, long highest) {
        return accepted(call, PROGRAM_MISMATCH).uint(lowest).uint(highest).toBytes();
    }

    static byte[] procedureUnavailable(RpcCall call) {
        return accepted(call, PROCEDURE_UNAVAILABLE).toBytes();
    }

    static byte[] garbageArguments(RpcCall call) {
        return accepted(call, GARBAGE_ARGUMENTS).toBytes();
    }

    static byte[] systemError(RpcCall call) {
        return accepted(call, SYSTEM_ERROR).toBytes();
    }

    static byte[] denied(RpcCall call, int why) {
        return new XdrOutput()
                .uint(call.xid())
                .uint(REPLY)
                .uint(DENIED)
                .uint(AUTH_ERROR)
                .uint(why)
                .toBytes();
    }
}
