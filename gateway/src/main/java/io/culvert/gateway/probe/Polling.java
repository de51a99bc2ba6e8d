package io.culvert.gateway.probe;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Waits for sockets (poll(2)): 8 bytes each, the descriptor, what is waited for at 4, what happened at 6. */
final class Polling {

    private static final short IN = 1;
    private static final short OUT = 4;
    private static final int ENTRY_BYTES = 8;

    /** At most this long in the kernel at a time, so that an interrupt is noticed. */
    private static final int SLICE_MILLIS = 100;

    private Polling() {}

    /** Waits until something has come for one of them, or an error; those for which it has. Errors kept for a socket count too. */
    static Set<KernelSocket> readable(Collection<KernelSocket> sockets, long untilNanos) throws InterruptedException {
        return await(sockets, IN, untilNanos);
    }

    /** Waits until one of them is connected or failed. */
    static Set<KernelSocket> writable(Collection<KernelSocket> sockets, long untilNanos) throws InterruptedException {
        return await(sockets, OUT, untilNanos);
    }

    private static Set<KernelSocket> await(Collection<KernelSocket> sockets, short events, long untilNanos)
            throws InterruptedException {
        List<KernelSocket> all = List.copyOf(sockets);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment captured = arena.allocate(Libc.CAPTURED);
            MemorySegment entries = arena.allocate((long) ENTRY_BYTES * Math.max(1, all.size()), ENTRY_BYTES);
            for (int i = 0; i < all.size(); i++) {
                entries.set(JAVA_INT, (long) i * ENTRY_BYTES, all.get(i).descriptor());
                entries.set(JAVA_SHORT, (long) i * ENTRY_BYTES + 4, events);
            }
            while (true) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long leftMillis = Math.ceilDiv(untilNanos - System.nanoTime(), 1_000_000L);
                int wait = Math.clamp(leftMillis, 0, SLICE_MILLIS);
                int ready = poll(captured, entries, all.size(), wait);
                if (ready > 0) {
                    return happened(all, entries);
                }
                if (leftMillis <= 0) {
                    return Set.of();
                }
            }
        }
    }

    private static int poll(MemorySegment captured, MemorySegment entries, long count, int waitMillis) {
        try {
            return (int) Libc.POLL.invokeExact(captured, entries, count, waitMillis);
        } catch (Throwable e) {
            throw Libc.impossible(e);
        }
    }

    private static Set<KernelSocket> happened(List<KernelSocket> all, MemorySegment entries) {
        Set<KernelSocket> happened = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            if (entries.get(JAVA_SHORT, (long) i * ENTRY_BYTES + 6) != 0) {
                happened.add(all.get(i));
            }
        }
        return happened;
    }
}
