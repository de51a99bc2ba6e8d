package io.culvert.gateway.address;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/** A socket of a kind that the JDK has not, for datagrams that announce an address. Needs CAP_NET_RAW; for one thread, who opens it closes it. */
final class RawSocket implements AutoCloseable {

    private static final int EPERM = 1;

    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final long ERRNO = CAPTURED.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SOCKET =
            function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            function("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SENDTO = function(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final Arena arena;
    private final MemorySegment state;
    private final int descriptor;

    private RawSocket(Arena arena, MemorySegment state, int descriptor) {
        this.arena = arena;
        this.state = state;
        this.descriptor = descriptor;
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), descriptor, Linker.Option.captureCallState("errno"));
    }

    /**
     * Opens one, see socket(2).
     *
     * @throws IOException if the kernel does not let it, with its errno
     */
    static RawSocket open(int domain, int type, int protocol) throws IOException {
        Arena arena = Arena.ofConfined();
        try {
            MemorySegment state = arena.allocate(CAPTURED);
            int descriptor = (int) SOCKET.invokeExact(state, domain, type, protocol);
            if (descriptor < 0) {
                throw failed("a raw socket cannot be had", state);
            }
            return new RawSocket(arena, state, descriptor);
        } catch (Throwable e) {
            arena.close();
            throw rethrown(e);
        }
    }

    /** Sets an option that is an int, see setsockopt(2). */
    void set(int level, int option, int value) throws IOException {
        try {
            MemorySegment to = arena.allocateFrom(JAVA_INT, value);
            int failed = (int) SETSOCKOPT.invokeExact(state, descriptor, level, option, to, Integer.BYTES);
            if (failed < 0) {
                throw failed("option " + option + " of a raw socket cannot be set", state);
            }
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /**
     * Sends one datagram.
     *
     * @param to a {@code sockaddr} of the socket's domain
     * @param on the interface that it goes out of, for the message
     * @throws IOException if the kernel does not take all of it, with its errno
     */
    void send(byte[] datagram, byte[] to, String on) throws IOException {
        try {
            MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, datagram);
            MemorySegment address = arena.allocateFrom(JAVA_BYTE, to);
            long sent =
                    (long) SENDTO.invokeExact(state, descriptor, bytes, (long) datagram.length, 0, address, to.length);
            if (sent != datagram.length) {
                throw failed("the announcement cannot be sent on " + on, state);
            }
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            int failed = (int) CLOSE.invokeExact(state, descriptor);
            if (failed < 0) {
                throw failed("a raw socket cannot be closed", state);
            }
        } catch (Throwable e) {
            throw rethrown(e);
        } finally {
            arena.close();
        }
    }

    private static IOException failed(String what, MemorySegment state) {
        int errno = state.get(JAVA_INT, ERRNO);
        return new IOException(what + ": errno " + errno + (errno == EPERM ? " (CAP_NET_RAW is needed)" : ""));
    }

    /** Throws what a call threw, or returns it if it is to be thrown as what it is. */
    private static IOException rethrown(Throwable e) {
        if (e instanceof IOException ours) {
            return ours;
        }
        if (e instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (e instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException("a function of the C library throws nothing", e);
    }
}
