package io.culvert.gateway;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * One datagram to a Unix socket, sent with libc through FFM since the JDK has no Unix datagram sockets.
 */
final class UnixDatagram {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int FAMILY_BYTES = 2;
    private static final int MAX_PATH_BYTES = 108;

    private UnixDatagram() {}

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SOCKET = handle(
            "socket",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle SENDTO = handle(
            "sendto",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    /** Sends it, and waits while the receiver's queue is full. */
    static void send(String path, byte[] content) throws IOException {
        send(path, content, MSG_NOSIGNAL);
    }

    /** Sends it, and fails if the receiver's queue is full. */
    static void sendNow(String path, byte[] content) throws IOException {
        send(path, content, MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    private static void send(String path, byte[] content, int flags) throws IOException {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length >= MAX_PATH_BYTES) {
            throw new IOException("the name of the socket is longer than the kernel takes: " + path);
        }
        boolean isAbstract = name[0] == '@';
        if (isAbstract) {
            name[0] = 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(CAPTURED);
            MemorySegment address = arena.allocate(FAMILY_BYTES + MAX_PATH_BYTES, 2);
            address.set(ValueLayout.JAVA_SHORT.withOrder(ByteOrder.nativeOrder()), 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, FAMILY_BYTES, name.length);
            int addressBytes = FAMILY_BYTES + name.length + (isAbstract ? 0 : 1);
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, content);
            int fd = (int) SOCKET.invokeExact(errno, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            require(fd >= 0, "socket", path, errno);
            try {
                long sent = (long)
                        SENDTO.invokeExact(errno, fd, bytes, (long) content.length, flags, address, addressBytes);
                require(sent == content.length, "sendto", path, errno);
            } finally {
                int closed = (int) CLOSE.invokeExact(errno, fd);
                require(closed == 0, "close", path, errno);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("libc calls must not throw", e);
        }
    }

    private static void require(boolean good, String call, String path, MemorySegment errno) throws IOException {
        if (!good) {
            throw new IOException(call + " for " + path + " failed: " + reason((int) ERRNO.get(errno, 0L)));
        }
    }

    /** In words, of what is usual (errno(3)). */
    private static String reason(int errno) {
        return switch (errno) {
            case 2 -> "there is no such socket";
            case 11 -> "its queue is full";
            case 13 -> "this user may not write to it";
            case 90 -> "the message is too long";
            case 111 -> "nobody listens there";
            default -> "errno " + errno;
        };
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        SymbolLookup libc = LINKER.defaultLookup();
        return LINKER.downcallHandle(libc.findOrThrow(name), descriptor, Linker.Option.captureCallState("errno"));
    }
}
