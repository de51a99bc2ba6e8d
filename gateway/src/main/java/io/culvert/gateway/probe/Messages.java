package io.culvert.gateway.probe;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Receives datagrams and kept errors with their control messages (recvmsg(2), cmsg(3)).
 *
 * <pre>
 *   msghdr   name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48
 *   cmsghdr  len 0 (8 bytes), level 8, type 12, data 16; the next one at a multiple of 8
 *   error    errno 0, origin 4, type 5, code 6, info 8, data 12, sockaddr of who sent it 16
 * </pre>
 */
final class Messages {

    /** What came. @param hopLimit that it arrived with */
    record Datagram(byte[] bytes, OptionalInt hopLimit) {}

    private static final int HEADER_BYTES = 56;
    private static final int CONTROL_BYTES = 512;
    private static final int CONTROL_HEADER_BYTES = 16;
    private static final int ERROR_BYTES = 16;
    private static final int ERROR_QUEUE = 0x2000;
    private static final int ORIGIN_LOCAL = 1;
    private static final int ORIGIN_ICMP6 = 3;

    private final Family family;
    private final MemorySegment header;
    private final MemorySegment control;
    private final MemorySegment data;

    Messages(Arena arena, Family family) {
        this.family = family;
        this.header = arena.allocate(HEADER_BYTES, Long.BYTES);
        this.control = arena.allocate(CONTROL_BYTES, Long.BYTES);
        this.data = arena.allocate(KernelSocket.MAX_DATAGRAM_BYTES);
        MemorySegment vector = arena.allocate(2 * Long.BYTES, Long.BYTES);
        vector.set(ADDRESS, 0, data);
        vector.set(JAVA_LONG, Long.BYTES, data.byteSize());
        header.set(ADDRESS, 16, vector);
        header.set(JAVA_LONG, 24, 1);
        header.set(ADDRESS, 32, control);
    }

    private long receive(MemorySegment captured, int descriptor, int flags) {
        header.set(JAVA_LONG, 40, CONTROL_BYTES);
        try {
            return (long) Libc.RECVMSG.invokeExact(captured, descriptor, header, flags);
        } catch (Throwable e) {
            throw Libc.impossible(e);
        }
    }

    Optional<Datagram> datagram(MemorySegment captured, int descriptor) {
        long got = receive(captured, descriptor, 0);
        if (got < 0) {
            return Optional.empty();
        }
        OptionalInt hops = find(family.hopLimitMessage, Integer.BYTES)
                .map(message -> OptionalInt.of(message.get(JAVA_INT, 0)))
                .orElse(OptionalInt.empty());
        return Optional.of(new Datagram(data.asSlice(0, got).toArray(JAVA_BYTE), hops));
    }

    Optional<IcmpError> error(MemorySegment captured, int descriptor) {
        return receive(captured, descriptor, ERROR_QUEUE) < 0
                ? Optional.empty()
                : find(family.receiveErrors, ERROR_BYTES).map(this::error);
    }

    private IcmpError error(MemorySegment message) {
        int origin = Byte.toUnsignedInt(message.get(JAVA_BYTE, 4));
        int type = Byte.toUnsignedInt(message.get(JAVA_BYTE, 5));
        int code = Byte.toUnsignedInt(message.get(JAVA_BYTE, 6));
        boolean local = origin == ORIGIN_LOCAL;
        return new IcmpError(offender(message), local, origin == ORIGIN_ICMP6, type, code, message.get(JAVA_INT, 8));
    }

    private String offender(MemorySegment message) {
        boolean six = family == Family.IPV6;
        int at = ERROR_BYTES + (six ? 8 : 4);
        int bytes = six ? 16 : 4;
        if (message.byteSize() < at + bytes || message.get(JAVA_BYTE, ERROR_BYTES) == 0) {
            return "an unknown address";
        }
        try {
            return InetAddress.getByAddress(message.asSlice(at, bytes).toArray(JAVA_BYTE))
                    .getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are an address", e);
        }
    }

    /** The data of the control message of this type, if it came and is long enough. */
    private Optional<MemorySegment> find(int type, int leastBytes) {
        long end = Math.min(header.get(JAVA_LONG, 40), CONTROL_BYTES);
        long at = 0;
        while (at + CONTROL_HEADER_BYTES <= end) {
            long length = control.get(JAVA_LONG, at);
            if (length < CONTROL_HEADER_BYTES || at + length > end) {
                return Optional.empty();
            }
            boolean found = control.get(JAVA_INT, at + 8) == family.level && control.get(JAVA_INT, at + 12) == type;
            if (found && length >= CONTROL_HEADER_BYTES + leastBytes) {
                return Optional.of(control.asSlice(at + CONTROL_HEADER_BYTES, length - CONTROL_HEADER_BYTES));
            }
            at += (length + 7) & ~7L;
        }
        return Optional.empty();
    }
}
