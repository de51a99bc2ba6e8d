package io.culvert.gateway.alert;

import io.culvert.siteconfig.Alerts;
import io.culvert.siteconfig.HostPort;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Sends alerts to syslog: to this machine's own, or to a collector over UDP (RFC 5426), TCP (RFC 6587, octet counting) or TLS (RFC 5425).
 *
 * <p>Syslog answers nothing. Over TCP and TLS a connection is made for each alert and closed in order, so one that the collector no longer
 * serves is noticed; over UDP only a host that says that nobody listens is.
 */
final class SyslogChannel implements AlertChannel {
    private static final int CONNECT_MILLIS = 10_000;
    private static final int CLOSE_MILLIS = 5_000;
    private static final int UNREACHABLE_MILLIS = 200;

    /** What every receiver should take (RFC 5424, 6.1). */
    private static final int LOCAL_BYTES = 2048;

    /** One packet wherever it goes (RFC 5426, 3.2): firewalls drop fragments in silence. */
    private static final int DATAGRAM_BYTES = 1180;

    private static final int STREAM_BYTES = 8192;

    /** A collector says nothing; of one that does no more is read. */
    private static final int MAX_ANSWER_BYTES = 1 << 10;

    private final Alerts.Syslog syslog;
    private final Origin origin;
    private final LocalLog local;
    private final List<Path> bundles;
    private final long pid = ProcessHandle.current().pid();

    SyslogChannel(Alerts.Syslog syslog, Origin origin, LocalLog local, List<Path> bundles) {
        this.syslog = syslog;
        this.origin = origin;
        this.local = local;
        this.bundles = List.copyOf(bundles);
    }

    @Override
    public String target() {
        return switch (syslog) {
            case Alerts.Syslog.Local here -> "local";
            case Alerts.Syslog.Remote remote ->
                remote.protocol().name().toLowerCase(java.util.Locale.ROOT) + "://" + remote.server();
        };
    }

    @Override
    public Optional<String> send(Alert alert, Cut cut) throws IOException {
        try {
            switch (syslog) {
                case Alerts.Syslog.Local here -> local.send(SyslogMessage.local(origin, alert, pid, LOCAL_BYTES));
                case Alerts.Syslog.Remote remote -> send(remote, alert, cut);
            }
            return Optional.empty();
        } catch (SocketTimeoutException e) {
            throw new IOException(target() + " cannot be connected to within " + CONNECT_MILLIS / 1000 + " s", e);
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(target() + ": " + e.getMessage(), e);
        }
    }

    private void send(Alerts.Syslog.Remote remote, Alert alert, Cut cut) throws IOException {
        InetSocketAddress server = resolve(remote.server());
        switch (remote.protocol()) {
            case UDP -> datagram(server, SyslogMessage.rfc5424(origin, alert, pid, DATAGRAM_BYTES));
            case TCP -> {
                try (Socket socket = new Socket()) {
                    cut.closes(socket);
                    socket.connect(server, CONNECT_MILLIS);
                    stream(socket, SyslogMessage.rfc5424(origin, alert, pid, STREAM_BYTES));
                }
            }
            case TLS -> {
                try (Socket socket = new Socket()) {
                    cut.closes(socket);
                    socket.connect(server, CONNECT_MILLIS);
                    stream(secured(socket, remote.server()), SyslogMessage.rfc5424(origin, alert, pid, STREAM_BYTES));
                }
            }
        }
    }

    private static InetSocketAddress resolve(HostPort server) throws IOException {
        InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
        if (address.isUnresolved()) {
            throw new IOException("the name " + server.host() + " does not resolve");
        }
        return address;
    }

    private static void datagram(InetSocketAddress server, byte[] message) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server);
            socket.send(new DatagramPacket(message, message.length));
            socket.setSoTimeout(UNREACHABLE_MILLIS);
            socket.receive(new DatagramPacket(new byte[1], 1));
        } catch (PortUnreachableException e) {
            throw new IOException("nobody listens at that port", e);
        } catch (SocketTimeoutException e) {
            return; // as it should be: syslog does not answer
        }
    }

    private SSLSocket secured(Socket socket, HostPort server) throws IOException {
        SSLSocket secured = (SSLSocket) MachineTrust.context(bundles)
                .getSocketFactory()
                .createSocket(socket, server.host(), server.port(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the name in the certificate is checked
        secured.setSSLParameters(parameters);
        secured.setSoTimeout(CONNECT_MILLIS);
        secured.startHandshake();
        return secured;
    }

    private static void stream(Socket socket, byte[] message) throws IOException {
        OutputStream out = socket.getOutputStream();
        byte[] length = (message.length + " ").getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[length.length + message.length];
        System.arraycopy(length, 0, frame, 0, length.length);
        System.arraycopy(message, 0, frame, length.length, message.length);
        out.write(frame);
        out.flush();
        socket.shutdownOutput();
        socket.setSoTimeout(CLOSE_MILLIS);
        try {
            socket.getInputStream().readNBytes(MAX_ANSWER_BYTES);
        } catch (SocketTimeoutException e) {
            return; // it keeps its side open; a reset would have been told
        }
    }
}
