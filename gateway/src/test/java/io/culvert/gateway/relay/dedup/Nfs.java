package io.culvert.gateway.relay.dedup;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Records of NFS over TCP, as Linux clients and servers send them: mark, RPC header, operation. */
final class Nfs {

    private static final int LAST = 0x8000_0000;
    private static final int CALL = 0;
    private static final int REPLY = 1;
    private static final int NFS = 100_003;
    private static final int HANDLE_BYTES = 28;

    private final ByteBuffer out = ByteBuffer.allocate((1 << 20) + 4096);

    /** Call with AUTH_SYS of one machine (RFC 5531). */
    private void call(int xid, int version, int procedure) {
        byte[] machine = "client-7".getBytes(StandardCharsets.US_ASCII);
        begin(xid, CALL);
        out.putInt(2).putInt(NFS).putInt(version).putInt(procedure);
        out.putInt(1).putInt(20 + machine.length + 4 * 4);
        out.putInt(0x5EED).putInt(machine.length).put(machine);
        out.putInt(0).putInt(0).putInt(3).putInt(0).putInt(4).putInt(24);
        out.putInt(0).putInt(0);
    }

    private void begin(int xid, int type) {
        out.clear();
        out.putInt(0).putInt(xid).putInt(type);
    }

    private void handle() {
        out.putInt(HANDLE_BYTES);
        for (int i = 0; i < HANDLE_BYTES; i++) {
            out.put((byte) (i * 7));
        }
    }

    private void opaque(byte[] data, int from, int length) {
        out.putInt(length).put(data, from, length);
        while (out.position() % 4 != 0) {
            out.put((byte) 0);
        }
    }

    private byte[] marked() {
        out.putInt(0, LAST | out.position() - 4);
        byte[] record = new byte[out.position()];
        out.get(0, record);
        return record;
    }

    /** WRITE3args (RFC 1813). */
    byte[] write3(int xid, long offset, byte[] data, int from, int length) {
        call(xid, 3, 7);
        handle();
        out.putLong(offset).putInt(length).putInt(0);
        opaque(data, from, length);
        return marked();
    }

    /** READ3resok (RFC 1813) with attributes whose access time moves. */
    byte[] read3(int xid, long time, byte[] data, int from, int length) {
        begin(xid, REPLY);
        out.putInt(0).putInt(0).putInt(0).putInt(0);
        out.putInt(0).putInt(1);
        out.putInt(1)
                .putInt(0644)
                .putInt(1)
                .putInt(0)
                .putInt(0)
                .putLong(1 << 24)
                .putLong(1 << 24);
        out.putLong(0)
                .putLong(9)
                .putLong(77)
                .putLong(time)
                .putLong(0x6565_0001_0EE6_B280L)
                .putLong(0x6565_0002_0EE6_B280L);
        out.putInt(length).putInt(0);
        opaque(data, from, length);
        return marked();
    }

    /** COMPOUND of SEQUENCE, PUTFH, WRITE and GETATTR (RFC 8881). */
    byte[] write4(int xid, int sequence, long offset, byte[] data, int from, int length) {
        call(xid, 4, 1);
        out.putInt(0).putInt(1).putInt(4);
        out.putInt(53)
                .putLong(0x1122_3344_5566_7788L)
                .putLong(99)
                .putInt(sequence)
                .putInt(0)
                .putInt(0)
                .putInt(0);
        out.putInt(22);
        handle();
        out.putInt(38).putLong(1).putLong(2).putLong(offset).putInt(2);
        opaque(data, from, length);
        out.putInt(9).putInt(2).putInt(0x18).putInt(0x0030_0000);
        return marked();
    }

    /** Reply to a COMPOUND with READ. */
    byte[] read4(int xid, int sequence, byte[] data, int from, int length) {
        begin(xid, REPLY);
        out.putInt(0).putInt(0).putInt(0).putInt(0);
        out.putInt(0).putInt(0).putInt(3);
        out.putInt(53).putInt(0).putLong(0x1122_3344_5566_7788L).putLong(99).putInt(sequence);
        out.putInt(0).putInt(0).putInt(0).putInt(0).putInt(0);
        out.putInt(22).putInt(0);
        out.putInt(25).putInt(0).putInt(0);
        opaque(data, from, length);
        return marked();
    }

    /** GETATTR3args: a record without payload. */
    byte[] getattr3(int xid) {
        call(xid, 3, 1);
        handle();
        return marked();
    }

    /** All of some data as WRITE3 calls of a size, each a record of the stream. */
    byte[] copy3(byte[] data, int writeBytes, int firstXid) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream(data.length + data.length / 4);
        int xid = firstXid;
        for (int at = 0; at < data.length; at += writeBytes) {
            stream.writeBytes(write3(xid++, at, data, at, Math.min(writeBytes, data.length - at)));
        }
        return stream.toByteArray();
    }
}
