package io.culvert.gateway.alert;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/** Sockets that a {@link Cut} closes when the time is up. */
final class WatchedSockets extends SocketFactory {
    private final SocketFactory real;
    private final Cut cut;

    WatchedSockets(SocketFactory real, Cut cut) {
        this.real = real;
        this.cut = cut;
    }

    private Socket watched(Socket socket) {
        cut.closes(socket);
        return socket;
    }

    @Override
    public Socket createSocket() throws IOException {
        return watched(real.createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return watched(real.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return watched(real.createSocket(host, port, local, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return watched(real.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return watched(real.createSocket(host, port, local, localPort));
    }
}
