package io.culvert.gateway.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP server that takes what is posted to it, or refuses it. */
public final class Webhook implements AutoCloseable {
    private final List<JsonNode> posted = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private volatile int status = 200;

    public Webhook() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        JsonMapper mapper = new JsonMapper();
        server.createContext("/", exchange -> {
            int answer = status;
            JsonNode body = mapper.readTree(exchange.getRequestBody().readAllBytes());
            if (answer == 200) {
                posted.add(body);
            }
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    /** From now on it answers so. */
    public void answer(int code) {
        status = code;
    }

    /** What it took, the oldest first. */
    public List<JsonNode> posted() {
        return List.copyOf(posted);
    }

    /** What it took of one alarm, the oldest first. */
    public List<JsonNode> of(String alarm) {
        return posted.stream()
                .filter(one -> one.path("alarm").asText().equals(alarm))
                .toList();
    }

    /** The newest of one alarm, if it is of this event. */
    public Optional<JsonNode> last(String alarm, String event) {
        List<JsonNode> of = of(alarm);
        return of.isEmpty()
                ? Optional.empty()
                : Optional.of(of.getLast())
                        .filter(one -> one.path("event").asText().equals(event));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
