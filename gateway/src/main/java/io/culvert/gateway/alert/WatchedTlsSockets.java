package io.culvert.gateway.alert;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/** TLS sockets that a {@link Cut} closes when the time is up. */
final class WatchedTlsSockets extends SSLSocketFactory {
    private final SSLSocketFactory real;
    private final WatchedSockets watched;
    private final Cut cut;

    WatchedTlsSockets(SSLSocketFactory real, Cut cut) {
        this.real = real;
        this.watched = new WatchedSockets(real, cut);
        this.cut = cut;
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return real.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return real.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(Socket below, String host, int port, boolean closesBelow) throws IOException {
        cut.closes(below);
        return real.createSocket(below, host, port, closesBelow);
    }

    @Override
    public Socket createSocket() throws IOException {
        return watched.createSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return watched.createSocket(host, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return watched.createSocket(host, port, local, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return watched.createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return watched.createSocket(host, port, local, localPort);
    }
}
