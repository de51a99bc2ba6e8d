package io.culvert.gateway;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the service is (sd_notify(3)): datagrams to the socket that NOTIFY_SOCKET names; does nothing where
 * there is none. A watchdog that systemd asks for is answered from a thread of its own.
 */
final class SystemdNotifier {

    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotifier.class);
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MAX_PATH_BYTES = 107;

    private final Optional<byte[]> socketPath;
    private final Optional<Duration> watchdog;
    private boolean watching;

    private SystemdNotifier(Optional<byte[]> socketPath, Optional<Duration> watchdog) {
        this.socketPath = socketPath;
        this.watchdog = watchdog;
    }

    static SystemdNotifier ofEnvironment() {
        return of(System.getenv());
    }

    /** Reads NOTIFY_SOCKET (a leading {@code @} means the abstract name space) and WATCHDOG_USEC. */
    static SystemdNotifier of(Map<String, String> environment) {
        Optional<byte[]> path = Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
                .map(name -> name.getBytes(StandardCharsets.UTF_8))
                .filter(bytes -> bytes.length > 1 && bytes.length <= MAX_PATH_BYTES);
        path.filter(bytes -> bytes[0] == '@').ifPresent(bytes -> bytes[0] = 0);
        Optional<Duration> watchdog = Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                .filter(text -> text.matches("[0-9]{1,18}"))
                .map(text -> Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(Long.parseLong(text))));
        return new SystemdNotifier(path, watchdog);
    }

    /** The service is up, or has taken over its configuration. */
    void ready() {
        send("READY=1");
        if (socketPath.isPresent() && watchdog.isPresent() && !watching) {
            watching = true;
            Duration half = watchdog.get().dividedBy(2);
            Thread.ofPlatform().daemon().name("watchdog").start(() -> feed(half));
        }
    }

    void reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }

    void stopping() {
        send("STOPPING=1");
    }

    private void feed(Duration every) {
        try {
            while (true) {
                send("WATCHDOG=1");
                Thread.sleep(every);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(String message) {
        if (socketPath.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            int sent = send(arena, socketPath.get(), message.getBytes(StandardCharsets.UTF_8));
            if (sent < 0) {
                LOG.warn("systemd could not be told {}", message);
            }
        }
    }

    private static int send(Arena arena, byte[] path, byte[] message) {
        MemorySegment address = arena.allocate(2L + path.length + 1);
        address.set(JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
        int addressBytes = 2 + path.length + (path[0] == 0 ? 0 : 1);
        MemorySegment text = arena.allocate(message.length);
        MemorySegment.copy(message, 0, text, JAVA_BYTE, 0, message.length);
        try {
            int fd = (int) function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT))
                    .invokeExact(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            if (fd < 0) {
                return fd;
            }
            long sent = (long) function(
                            "sendto",
                            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT))
                    .invokeExact(fd, text, (long) message.length, 0, address, addressBytes);
            int closed = (int)
                    function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT)).invokeExact(fd);
            return sent < 0 || closed < 0 ? -1 : 0;
        } catch (Throwable e) {
            throw new IllegalStateException("libc cannot be called", e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }
}
