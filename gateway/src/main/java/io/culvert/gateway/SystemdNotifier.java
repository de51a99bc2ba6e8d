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
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the service is (sd_notify(3), Type=notify): datagrams to the Unix socket in {@code NOTIFY_SOCKET},
 * sent with libc through FFM since the JDK has no Unix datagram sockets. Without that variable it says nothing.
 *
 * <p>With {@code WATCHDOG_USEC} it reports at half that interval, for as long as the gateway says that it is alive; when
 * it does not, systemd ends the process. Any thread may call; close it last.
 */
public final class SystemdNotifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotifier.class);
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int FAMILY_BYTES = 2;
    private static final int MAX_PATH_BYTES = 108;
    private static final int MAX_STATUS_CHARS = 200;

    private final Optional<String> socket;
    private final Optional<Duration> watchdog;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("watchdog").factory());

    private SystemdNotifier(Optional<String> socket, Optional<Duration> watchdog) {
        this.socket = socket;
        this.watchdog = watchdog;
    }

    /** @param pid of this process: a watchdog meant for another one is not ours */
    static SystemdNotifier of(Map<String, String> environment, long pid) {
        Optional<String> socket = Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
                .filter(text -> text.startsWith("/") || text.startsWith("@"));
        boolean ours = String.valueOf(pid).equals(environment.getOrDefault("WATCHDOG_PID", String.valueOf(pid)));
        Optional<Duration> watchdog = Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                .filter(text -> ours && text.matches("[1-9][0-9]{0,15}"))
                .map(text -> Duration.of(Long.parseLong(text), java.time.temporal.ChronoUnit.MICROS));
        return new SystemdNotifier(socket, watchdog);
    }

    /** The one of this process. */
    public static SystemdNotifier ofProcess() {
        return of(System.getenv(), ProcessHandle.current().pid());
    }

    /** The service works; from now on the watchdog is fed while {@code alive}. */
    public void ready(String status, BooleanSupplier alive) {
        send("READY=1\nSTATUS=" + oneLine(status));
        if (socket.isPresent() && watchdog.isPresent()) {
            long half = watchdog.get().toNanos() / 2;
            timer.scheduleAtFixedRate(() -> feed(alive), half, half, TimeUnit.NANOSECONDS);
        }
    }

    /** The site file is read again; {@link #reloaded} must follow. */
    public void reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1_000);
    }

    public void reloaded(String status) {
        send("READY=1\nSTATUS=" + oneLine(status));
    }

    public void stopping() {
        send("STOPPING=1");
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private void feed(BooleanSupplier alive) {
        if (alive.getAsBoolean()) {
            send("WATCHDOG=1");
        }
    }

    private void send(String state) {
        if (socket.isEmpty()) {
            return;
        }
        try {
            Datagram.send(socket.get(), state.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("systemd was not told");
        }
    }

    private static String oneLine(String text) {
        String line = text.replaceAll("\\R", " ");
        return line.length() <= MAX_STATUS_CHARS ? line : line.substring(0, MAX_STATUS_CHARS);
    }

    /** One datagram to a Unix socket. */
    private static final class Datagram {
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

        static void send(String path, byte[] content) throws IOException {
            byte[] name = path.getBytes(StandardCharsets.UTF_8);
            if (name.length >= MAX_PATH_BYTES) {
                throw new IOException("NOTIFY_SOCKET is longer than the kernel takes: " + path);
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
                    long sent = (long) SENDTO.invokeExact(
                            errno, fd, bytes, (long) content.length, MSG_NOSIGNAL, address, addressBytes);
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
                throw new IOException(call + " for " + path + " failed with errno " + (int) ERRNO.get(errno, 0L));
            }
        }

        private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
            SymbolLookup libc = LINKER.defaultLookup();
            return LINKER.downcallHandle(libc.findOrThrow(name), descriptor, Linker.Option.captureCallState("errno"));
        }
    }
}
