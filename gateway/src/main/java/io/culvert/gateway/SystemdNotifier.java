package io.culvert.gateway;

import java.io.IOException;
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
 * Tells systemd how the service is (sd_notify(3), Type=notify): datagrams to the Unix socket in {@code NOTIFY_SOCKET}.
 * Without that variable it says nothing.
 *
 * <p>With {@code WATCHDOG_USEC} it reports at half that interval, for as long as the gateway says that it is alive; when
 * it does not, systemd ends the process. Any thread may call; close it last.
 */
public final class SystemdNotifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotifier.class);
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
            UnixDatagram.send(socket.get(), state.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("systemd was not told");
        }
    }

    private static String oneLine(String text) {
        String line = text.replaceAll("\\R", " ");
        return line.length() <= MAX_STATUS_CHARS ? line : line.substring(0, MAX_STATUS_CHARS);
    }
}
