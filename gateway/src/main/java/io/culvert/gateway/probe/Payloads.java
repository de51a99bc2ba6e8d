package io.culvert.gateway.probe;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The bytes that are sent: a call of ONC RPC (RFC 5531) to the portmapper (RFC 1833), and as many that are plainly none.
 *
 * <pre>
 *   record mark 4 | xid 4, CALL 4, version 4, program 4, version 4, procedure 4 | credential 8, verifier 8 | arguments
 * </pre>
 */
final class Payloads {

    /** With its record mark: what a client of NFS sends first, and what systems between the sites look for. */
    static final int CALL_BYTES = 60;

    private static final int XID = 0x43_75_6c_76;
    private static final int LAST_FRAGMENT = 0x8000_0000;
    private static final int RPC_VERSION = 2;
    private static final int PORTMAPPER = 100_000;
    private static final int PORTMAPPER_VERSION = 2;
    private static final int NULL = 0;
    private static final int GETPORT = 3;
    private static final int NFS = 100_003;
    private static final int NFS_VERSION = 3;
    private static final int TCP = 6;
    private static final int HEADER_BYTES = 40;
    private static final byte[] TEXT =
            "culvert probe: plain text, no remote procedure call in it. ".getBytes(StandardCharsets.US_ASCII);

    private Payloads() {}

    /** GETPORT of NFS version 3 by TCP, in one record. */
    static byte[] call() {
        ByteBuffer record = ByteBuffer.allocate(CALL_BYTES).putInt(LAST_FRAGMENT | (CALL_BYTES - Integer.BYTES));
        header(record, GETPORT);
        return record.putInt(NFS).putInt(NFS_VERSION).putInt(TCP).putInt(0).array();
    }

    /** The call without effect, for UDP: without a record mark. */
    static byte[] nullCall() {
        ByteBuffer call = ByteBuffer.allocate(HEADER_BYTES);
        header(call, NULL);
        return call.array();
    }

    private static void header(ByteBuffer call, int procedure) {
        call.putInt(XID).putInt(0).putInt(RPC_VERSION).putInt(PORTMAPPER).putInt(PORTMAPPER_VERSION);
        call.putInt(procedure).putLong(0).putLong(0);
    }

    /** Text, repeated as often as it takes. */
    static byte[] benign(int bytes) {
        byte[] text = new byte[bytes];
        for (int at = 0; at < bytes; at++) {
            text[at] = TEXT[at % TEXT.length];
        }
        return text;
    }
}
