package io.culvert.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.ViewJson;
import io.culvert.gateway.cli.CommandRun;
import io.culvert.gateway.cli.Terminal;
import io.culvert.gateway.testing.CommandResult;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs command lines from standard input, many at a time, in one JVM, which a test starts in a network namespace: a line of JSON for each, in their
 * order, says how it ended.
 */
final class ProbeRuns {

    private static final int AT_ONCE = 12;

    /** What the contract allows a probe. */
    private static final int LIMIT_SECONDS = 60;

    private ProbeRuns() {}

    public static void main(String... arguments) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
                OutputStream out = new FileOutputStream(FileDescriptor.out)) {
            List<Future<byte[]>> results = new ArrayList<>();
            try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                in.lines().forEach(line -> results.add(threads.submit(() -> run(line))));
            }
            for (Future<byte[]> result : results) {
                out.write(result.get());
                out.write('\n');
            }
        }
    }

    private static byte[] run(String line) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                Map.of());
        long sinceNanos = System.nanoTime();
        int code = CommandRun.run(terminal, new Workshop(), line.split(" "));
        long seconds = Duration.ofNanos(System.nanoTime() - sinceNanos).toSeconds();
        if (seconds >= LIMIT_SECONDS && !line.contains("--trigger")) {
            err.writeBytes(("it took " + seconds + " s\n").getBytes(StandardCharsets.UTF_8));
        }
        return ViewJson.MAPPER.writeValueAsBytes(Map.of(
                "command",
                line,
                "code",
                code,
                "out",
                out.toString(StandardCharsets.UTF_8),
                "err",
                err.toString(StandardCharsets.UTF_8)));
    }

    static CommandResult read(String line) throws IOException {
        JsonNode json = ViewJson.MAPPER.readTree(line);
        return new CommandResult(
                json.path("command").asText(),
                json.path("code").asInt(),
                json.path("out").asText().getBytes(StandardCharsets.UTF_8),
                json.path("err").asText());
    }
}
