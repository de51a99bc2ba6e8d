package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.SiteOperations;
import io.culvert.gateway.admin.console.SignIn;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Serves a site's operations as HTTP: all of them on the Unix socket {@code STATE_DIR/admin.sock}; on {@code admin.listen} over
 * TLS 1.3 health, metrics, the console, and what its sessions may look at.
 *
 * <p>Whoever may open the socket (mode 0660) may do everything, and may open sessions on the TCP port. {@link #start} holds
 * the state directory's lock until {@link #close}: two gateways never share one.
 */
public final class AdminServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final int IDLE_SECONDS = 60;
    private static final int MAX_HEADER_BYTES = 16 << 10;

    private final Vertx vertx;
    private final Requests requests;
    private final AdminSocket socket;
    private final SignIn signIn = new SignIn(InstantSource.system(), new SecureRandom(), System::nanoTime);
    private final EventRoutes events;
    private int port;

    private AdminServer(Vertx vertx, AdminSocket socket, SiteOperations operations) {
        this.vertx = vertx;
        this.requests = new Requests(vertx);
        this.socket = socket;
        this.events = new EventRoutes(operations, Long.toString(System.currentTimeMillis(), Character.MAX_RADIX));
    }

    /**
     * Where and as whom the server listens on TCP.
     *
     * @param port 0: a free one, see {@link AdminServer#port}
     * @param gateway whose console it is, SITE/NUMBER
     * @param keys the console's certificate; asked at each handshake, so a renewed one is used at once
     */
    public record TlsListener(String host, int port, String gateway, X509KeyManager keys) {}

    /**
     * Starts serving.
     *
     * @param stateDir must exist
     * @throws GatewayRunningException if another gateway serves this state directory
     * @throws IOException if a listener cannot be opened; nothing is left open
     */
    public static AdminServer start(
            Path stateDir, Optional<TlsListener> listener, SiteOperations operations, SiteMetrics metrics)
            throws IOException {
        AdminSocket socket = AdminSocket.claim(stateDir);
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(2)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        AdminServer server = new AdminServer(vertx, socket, operations);
        try {
            server.listen(listener, operations, metrics);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /**
     * Fails if another gateway serves this state directory; to be asked before anything else of it is opened, so that the
     * refusal names what is in the way and not some file that it holds.
     *
     * @throws GatewayRunningException naming the other process
     */
    public static void requireNoOther(Path stateDir) throws IOException {
        AdminSocket.claim(stateDir).close();
    }

    /**
     * Keeps every gateway from starting on this state directory until it is closed.
     *
     * @param work the command that has to be alone, as whoever is refused meanwhile is told
     * @throws GatewayRunningException if a gateway, or such a command, is at work there
     */
    public static AutoCloseable hold(Path stateDir, String work) throws IOException {
        return AdminSocket.claim(stateDir, work);
    }

    /** The TCP port, or 0 if it serves none. */
    public int port() {
        return port;
    }

    /** How many listen to events. */
    int listeners() {
        return events.listeners();
    }

    int callsUnderWay() {
        return requests.underWay();
    }

    public Path socketPath() {
        return socket.path();
    }

    private void listen(Optional<TlsListener> listener, SiteOperations operations, SiteMetrics metrics)
            throws IOException {
        HealthRoutes health = new HealthRoutes(operations, metrics);
        ApiRoutes api = ApiRoutes.of(operations);
        Router full = Router.router(vertx);
        if (listener.isPresent()) {
            listen(listener.get(), health, api);
            new LinkRoutes(signIn, port, listener.get()).mount(full, requests);
        }
        health.mount(full, requests);
        events.mount(full, rc -> () -> true);
        api.mount(full, requests);
        Problems.mountFallbacks(full);
        HttpServer local = vertx.createHttpServer(options().setIdleTimeout(0)).requestHandler(full);
        await(
                local.listen(SocketAddress.domainSocketAddress(socket.bindPath().toString())),
                socket.path().toString());
        socket.publish();
    }

    /** On TCP, for browsers and for what asks for health and metrics. */
    private void listen(TlsListener tls, HealthRoutes health, ApiRoutes api) throws IOException {
        Router open = Router.router(vertx);
        SecurityHeaders.mount(open);
        health.mount(open, requests);
        new ConsoleFiles().mount(open);
        SessionRoutes sessions = new SessionRoutes(signIn, tls.gateway());
        sessions.mount(open);
        SessionGate gate = new SessionGate(sessions);
        gate.mount(open);
        events.mount(open, gate::life);
        api.mountShown(open, requests);
        SessionGate.mountRest(open);
        Problems.mountFallbacks(open);
        HttpServer remote = vertx.createHttpServer(options()
                        .setSsl(true)
                        .setUseAlpn(true) // HTTP/2: by 1.1 a browser has six connections to a host, and events keep one
                        // each
                        .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                        .setKeyCertOptions(KeyCertOptions.wrap(tls.keys())))
                .requestHandler(open);
        port = await(remote.listen(tls.port(), tls.host()), "admin.listen " + tls.host() + ":" + tls.port())
                .actualPort();
    }

    private static HttpServerOptions options() {
        return new HttpServerOptions()
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setMaxFormAttributeSize(0)
                .setCompressionSupported(false)
                .setDecompressionSupported(false);
    }

    private static <T> T await(Future<T> future, String what) throws IOException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException("cannot listen on " + what + ": " + reason(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("cannot listen on " + what + " within " + START_LIMIT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while opening " + what, e);
        }
    }

    private static String reason(@Nullable Throwable cause) {
        return cause == null || cause.getMessage() == null ? String.valueOf(cause) : cause.getMessage();
    }

    /** Stops serving, ends what is under way and removes the socket; idempotent. */
    @Override
    public void close() {
        events.close();
        requests.close();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Requests.LOG.atWarn().setCause(e).log("the admin server did not close in order");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        socket.close();
    }
}
