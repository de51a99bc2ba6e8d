package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.SiteOperations;
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
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Serves a site's operations as HTTP: all of them on the Unix socket {@code STATE_DIR/admin.sock}, health and metrics on
 * {@code admin.listen} over TLS 1.3.
 *
 * <p>Whoever may open the socket (mode 0660) may do everything; on the TCP port {@code /api} answers 401 until there is
 * a login. {@link #start} holds the state directory's lock until {@link #close}: two gateways never share one.
 */
public final class AdminServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final int IDLE_SECONDS = 60;
    private static final int MAX_HEADER_BYTES = 16 << 10;

    private final Vertx vertx;
    private final Requests requests;
    private final AdminSocket socket;
    private int port;

    private AdminServer(Vertx vertx, Requests requests, AdminSocket socket) {
        this.vertx = vertx;
        this.requests = requests;
        this.socket = socket;
    }

    /**
     * Where and as whom the server listens on TCP.
     *
     * @param port 0: a free one, see {@link AdminServer#port}
     * @param keys the console's certificate; asked at each handshake, so a renewed one is used at once
     */
    public record TlsListener(String host, int port, javax.net.ssl.X509KeyManager keys) {}

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
        AdminServer server = new AdminServer(vertx, new Requests(vertx), socket);
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

    public Path socketPath() {
        return socket.path();
    }

    private void listen(Optional<TlsListener> listener, SiteOperations operations, SiteMetrics metrics)
            throws IOException {
        Router full = Router.router(vertx);
        HealthRoutes health = new HealthRoutes(operations, metrics);
        health.mount(full, requests);
        ApiRoutes.of(operations).mount(full, requests);
        Problems.mountFallbacks(full);
        HttpServer local = vertx.createHttpServer(options().setIdleTimeout(0)).requestHandler(full);
        await(
                local.listen(SocketAddress.domainSocketAddress(socket.bindPath().toString())),
                socket.path().toString());
        if (listener.isPresent()) {
            TlsListener tls = listener.get();
            Router open = Router.router(vertx);
            health.mount(open, requests);
            Problems.mountLoginRequired(open);
            Problems.mountFallbacks(open);
            HttpServer remote = vertx.createHttpServer(options()
                            .setSsl(true)
                            .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                            .setKeyCertOptions(KeyCertOptions.wrap(tls.keys())))
                    .requestHandler(open);
            port = await(remote.listen(tls.port(), tls.host()), "admin.listen " + tls.host() + ":" + tls.port())
                    .actualPort();
        }
        socket.publish();
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
