package io.culvert.gateway.admin.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Feed;
import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ViewJson;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request as its work sees it: checked parameters, a body in, a body out. Made on the event loop. */
final class Call {
    static final String LINES = "application/x-ndjson";
    private static final int MAX_QUERY_CHARS = 400;

    private final RoutingContext context;
    private final Context eventLoop;
    private final @Nullable RequestInput input;
    private @Nullable ResponseOutput output;
    private String outputType = "";

    Call(RoutingContext context) {
        this(context, null);
    }

    Call(RoutingContext context, @Nullable RequestInput input) {
        this.context = context;
        this.eventLoop = context.vertx().getOrCreateContext();
        this.input = input;
    }

    RoutingContext context() {
        return context;
    }

    void onEventLoop(Consumer<HttpServerResponse> action) {
        eventLoop.runOnContext(ignored -> action.accept(context.response()));
    }

    String path() {
        return context.request().path();
    }

    /** A part of the path that must be there. */
    String param(String name, Identifiers rule) throws OperationException {
        return rule.require(String.valueOf(context.pathParam(name)));
    }

    Optional<String> query(String name, Identifiers rule) throws OperationException {
        String text = context.request().getParam(name);
        if (text == null) {
            return Optional.empty();
        }
        if (text.length() > MAX_QUERY_CHARS) {
            throw new OperationException(FailureCategory.USAGE, "the parameter " + name + " is too long");
        }
        return Optional.of(rule.require(text));
    }

    /** The JSON body as a record. */
    <T> T body(Class<T> type) throws OperationException {
        Buffer buffer = context.body().buffer();
        if (buffer == null || buffer.length() == 0) {
            throw new OperationException(FailureCategory.USAGE, "the request needs a JSON body; see /api/openapi.yaml");
        }
        try {
            T value = ViewJson.MAPPER.readValue(buffer.getBytes(), type);
            if (value == null) {
                throw new OperationException(FailureCategory.USAGE, "the request body is null");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new OperationException(
                    FailureCategory.USAGE, "the request body is not what it must be: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new OperationException(FailureCategory.USAGE, "the request body cannot be read", e);
        }
    }

    /** The body as it arrives; ends with an IOException if the client went away before its end. */
    InputStream input() {
        if (input == null) {
            throw new IllegalStateException("the route must take its body as a stream");
        }
        return input;
    }

    /** The answer's body; the head is sent with its first bytes, so a failure before them has a status of its own. */
    OutputStream output(String mediaType) {
        ResponseOutput begun = new ResponseOutput(eventLoop, context.response(), mediaType);
        output = begun;
        outputType = mediaType;
        return begun;
    }

    /** The answer as one JSON object on each line. */
    <T> Feed<T> lines(String key) {
        OutputStream lines = output == null ? output(LINES) : output;
        return item -> {
            lines.write(line(key, item));
            lines.flush();
        };
    }

    void finishStream() throws IOException {
        if (output != null) {
            output.finish(Optional.empty());
        }
    }

    /** Tells a reader in the middle of a stream; false if no byte of it was sent. */
    boolean failStream(Problem problem) {
        if (output == null || !output.hasBegun()) {
            return false;
        }
        try {
            if (outputType.equals(LINES)) {
                output.write(line("problem", problem));
            }
            output.finish(Optional.of(problem));
        } catch (IOException e) {
            Requests.LOG.atDebug().setCause(e).addKeyValue("path", path()).log("the client went away");
        }
        return true;
    }

    /** Cuts the connection: what was sent is not a whole. */
    void abort() {
        eventLoop.runOnContext(ignored -> context.request().connection().close());
    }

    /** On the event loop, after the answer: a body that nobody reads must not keep the connection. */
    boolean hasUnreadInput() {
        return input != null && !input.isAtEnd();
    }

    private static byte[] line(String key, Object item) {
        byte[] json = Problems.json(Map.of(key, item));
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }
}
