package io.culvert.gateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A TCP service that says what it is told, to each of its clients; closing it lets those go on that it has. */
public final class EchoServer implements AutoCloseable {

    private final ServerSocket socket;

    private EchoServer(ServerSocket socket) {
        this.socket = socket;
    }

    public static EchoServer start(InetSocketAddress at) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(at);
        EchoServer server = new EchoServer(socket);
        Thread.ofVirtual().start(server::accept);
        return server;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return; // it is closed
            }
        }
    }

    private static void serve(Socket client) {
        try (client) {
            client.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            // The client has gone; whoever asked sees that at the other end.
            return;
        }
    }

    /** Says something to an echo server, and hears the same. */
    public static void requireEcho(Socket client, String words) throws IOException {
        byte[] said = words.getBytes(StandardCharsets.UTF_8);
        client.setSoTimeout(20_000);
        client.getOutputStream().write(said);
        assertThat(client.getInputStream().readNBytes(said.length)).isEqualTo(said);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
