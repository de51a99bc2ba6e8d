package io.culvert.gateway.cli.demo;

import io.culvert.gateway.loopback.LoopbackPorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An etcd of one member on the loopback address, for one site of the demo. */
final class EtcdChild {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final int CONNECT_MILLIS = 500;

    private EtcdChild() {}

    /** Where its binary is, if it is installed. */
    static Optional<Path> binary(String searchPath) {
        return Stream.concat(Stream.of(searchPath.split(":")), Stream.of("/usr/bin", "/usr/local/bin", "/opt/etcd"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, "etcd"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts it and waits until it listens. Returns its client endpoint. */
    static String start(Path binary, Path directory, Cleanup cleanup) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        List<Integer> ports = LoopbackPorts.free(2);
        String client = "http://127.0.0.1:" + ports.get(0);
        String peer = "http://127.0.0.1:" + ports.get(1);
        Child child = Child.start(
                "etcd",
                List.of(
                        binary.toString(),
                        "--name=demo",
                        "--data-dir=" + directory.resolve("data"),
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=demo=" + peer),
                directory);
        cleanup.add(child::close);
        long startNanos = System.nanoTime();
        while (!listens(ports.get(0))) {
            if (!child.isAlive() || System.nanoTime() - startNanos > START_LIMIT.toNanos()) {
                throw new IOException("etcd did not start: " + child.lastWords());
            }
            Thread.sleep(Duration.ofMillis(50));
        }
        return client;
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
