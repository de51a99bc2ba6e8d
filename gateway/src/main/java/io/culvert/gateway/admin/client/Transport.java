package io.culvert.gateway.admin.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Feed;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.Readiness;
import io.culvert.gateway.admin.ViewJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;

/** Carries requests to the gateway's socket and says in one sentence why it could not. */
final class Transport {
    /** Long enough for a join, which talks to the peer. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    private final Path socket;
    private final Duration answerLimit;

    Transport(Path socket) {
        this(socket, ANSWER_LIMIT);
    }

    private Transport(Path socket, Duration answerLimit) {
        this.socket = socket;
        this.answerLimit = answerLimit;
    }

    /** The same, for who waits for an answer no longer than this. */
    Transport within(Duration limit) {
        return new Transport(socket, limit);
    }

    <T> T call(String method, String path, Object body, JavaType type) throws OperationException {
        try (HttpExchange exchange = open(Optional.of(answerLimit))) {
            return inTime(exchange, () -> {
                exchange.send(method, path, content(method, body));
                return answer(exchange, type);
            });
        } catch (IOException | HttpException e) {
            throw broken(e);
        }
    }

    /** A request and its answer. */
    private interface Talk<T> {
        T run() throws IOException, HttpException, OperationException;
    }

    private static <T> T inTime(HttpExchange exchange, Talk<T> talk)
            throws IOException, HttpException, OperationException {
        try {
            return talk.run();
        } catch (IOException e) {
            throw exchange.explained(e);
        }
    }

    <T> T upload(String path, InputStream source, JavaType type) throws OperationException {
        SourceStream checked = new SourceStream(source);
        try (HttpExchange exchange = open(Optional.empty())) {
            exchange.send("POST", path, checked);
            return answer(exchange, type);
        } catch (IOException | HttpException e) {
            Optional<IOException> failure = checked.failure();
            throw failure.isPresent()
                    ? new OperationException(
                            FailureCategory.FAILED,
                            "the stream to ingest cannot be read: "
                                    + failure.get().getMessage() + "; nothing was stored",
                            failure.get())
                    : broken(e);
        }
    }

    InputStream download(String path, Object body) throws OperationException {
        HttpExchange exchange = open(Optional.empty());
        boolean handedOver = false;
        try {
            exchange.send("POST", path, ViewJson.MAPPER.writeValueAsBytes(body));
            Outcomes.requireSuccess(exchange.receive(), exchange.body());
            handedOver = true;
            return new RestoreBody(exchange);
        } catch (IOException | HttpException e) {
            throw broken(e);
        } finally {
            if (!handedOver) {
                closeQuietly(exchange);
            }
        }
    }

    /** Reads an answer of JSON lines; returns what stands under {@code last} in the last one. */
    JsonNode lines(String method, String path, Object body, String last, Feed<JsonNode> each)
            throws OperationException, IOException {
        try (HttpExchange exchange = open(Optional.empty())) {
            BufferedReader reader = firstLine(exchange, method, path, body);
            JsonNode end = null;
            for (String line = readLine(reader); line != null; line = readLine(reader)) {
                JsonNode node = ViewJson.MAPPER.readTree(line);
                if (node.has(last)) {
                    end = node.get(last);
                } else if (node.has("problem")) {
                    throw Outcomes.problem(node.get("problem"), 500);
                } else {
                    each.accept(node);
                }
            }
            requireComplete(exchange);
            if (end == null) {
                throw broken(new IOException("the gateway's answer has no end"));
            }
            return end;
        }
    }

    Readiness readiness() throws OperationException {
        try (HttpExchange exchange = open(Optional.of(answerLimit))) {
            return inTime(exchange, () -> {
                exchange.send("GET", "/readyz", new byte[0]);
                exchange.receive();
                return ViewJson.MAPPER.readValue(exchange.body(), Readiness.class);
            });
        } catch (IOException | HttpException e) {
            throw broken(e);
        }
    }

    static <T> T convert(JsonNode node, Class<T> type) {
        try {
            return ViewJson.MAPPER.treeToValue(node, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the gateway's answer must be a " + type.getSimpleName(), e);
        }
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private BufferedReader firstLine(HttpExchange exchange, String method, String path, Object body)
            throws OperationException {
        try {
            exchange.send(method, path, content(method, body));
            Outcomes.requireSuccess(exchange.receive(), exchange.body());
            return new BufferedReader(new InputStreamReader(exchange.body(), StandardCharsets.UTF_8));
        } catch (IOException | HttpException e) {
            throw broken(e);
        }
    }

    private @Nullable String readLine(BufferedReader reader) throws OperationException {
        try {
            return reader.readLine();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private void requireComplete(HttpExchange exchange) throws OperationException {
        try {
            Outcomes.requireComplete(exchange);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private static <T> T answer(HttpExchange exchange, JavaType type)
            throws IOException, HttpException, OperationException {
        ClassicHttpResponse response = exchange.receive();
        Outcomes.requireSuccess(response, exchange.body());
        return ViewJson.MAPPER.readValue(exchange.body(), type);
    }

    private static byte[] content(String method, Object body) throws JsonProcessingException {
        boolean none = method.equals("GET") || method.equals("DELETE");
        return none ? new byte[0] : ViewJson.MAPPER.writeValueAsBytes(body);
    }

    private HttpExchange open(Optional<Duration> limit) throws OperationException {
        try {
            return HttpExchange.open(socket, answerLimit, limit);
        } catch (LateAnswerException e) {
            throw broken(e);
        } catch (IOException e) {
            if (isForbidden()) {
                throw forbidden(e);
            }
            throw new OperationException(
                    FailureCategory.UNREACHABLE,
                    "no gateway answers on " + socket
                            + ": start it with \"systemctl start culvert\" or \"culvert gateway"
                            + " --config FILE\"; \"systemctl status culvert\" says why it stopped",
                    e);
        }
    }

    /** The kernel's refusal comes without a type; what it says of the file has one. */
    private boolean isForbidden() {
        try {
            Files.readAttributes(socket, BasicFileAttributes.class);
            return !Files.isWritable(socket);
        } catch (AccessDeniedException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private OperationException forbidden(IOException cause) {
        return new OperationException(
                FailureCategory.REFUSED,
                "this user may not open " + socket
                        + ": run the command as root or as a member of the socket's group, which"
                        + " is culvert where the files of systemd/ are used (\"usermod -aG culvert USER\", then a new login)",
                cause);
    }

    private OperationException broken(Exception cause) {
        String reason = String.valueOf(cause.getMessage());
        if (cause instanceof LateAnswerException) {
            return new OperationException(
                    FailureCategory.UNREACHABLE,
                    "the gateway on " + socket + " hangs: " + reason
                            + "; \"systemctl status culvert\" and its log say more, \"systemctl restart culvert\" ends it",
                    cause);
        }
        return new OperationException(
                FailureCategory.UNREACHABLE,
                "the gateway on " + socket + " went away in the middle of the command (" + reason
                        + "); \"systemctl status culvert\" says why",
                cause);
    }

    private static void closeQuietly(HttpExchange exchange) throws OperationException {
        try {
            exchange.close();
        } catch (IOException e) {
            throw new OperationException(FailureCategory.FAILED, "the socket cannot be closed: " + e.getMessage(), e);
        }
    }
}
