package io.culvert.gateway.checkpoint.doctor;

import io.culvert.gateway.log.KernelWords;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;

/**
 * Whether a new member can be at a peer URL. etcd does not listen there before it is told of the cluster, and it cannot be told before it
 * was added; so what is asked is the host: its name resolves, and its kernel accepts a connection or refuses one. One that is dropped,
 * or not routed, is a wrong address, a host that is down or a firewall. Where something listens already it has to speak TLS if the URL
 * says so; whose certificate it has is for etcd to judge, as its peers may have an authority of their own.
 */
final class PeerAddress {

    private static final Duration CONNECT = Duration.ofSeconds(3);
    /** In the words of JDK for an answer that is no TLS. */
    private static final String NO_TLS = "unrecognized ssl message";

    private static final String NO_TLS_THERE = "what listens there does not speak TLS";

    private final SSLContext tls;

    PeerAddress(SSLContext tls) {
        this.tls = tls;
    }

    /**
     * Looks.
     *
     * @param others the peer URLs of the other members
     * @throws RefusedUpkeepException if a member cannot be there
     */
    void check(URI url, List<String> others) throws RefusedUpkeepException {
        List<InetAddress> found = resolve(url);
        Set<InetAddress> elsewhere = new HashSet<>();
        for (String text : others) {
            Optional<URI> other = url(text);
            List<InetAddress> there = other.map(PeerAddress::resolved).orElse(List.of());
            elsewhere.addAll(there);
            if (other.map(URI::getPort).equals(Optional.of(url.getPort()))
                    && there.stream().anyMatch(found::contains)) {
                throw new RefusedUpkeepException(url + " is where the member at " + text + " is");
            }
        }
        boolean here = found.stream().allMatch(InetAddress::isLoopbackAddress);
        if (here && !elsewhere.isEmpty() && elsewhere.stream().noneMatch(InetAddress::isLoopbackAddress)) {
            throw new RefusedUpkeepException(
                    url + " is each host itself: the other members need an address at which they find the new one");
        }
        String trouble = "";
        for (InetAddress address : found) {
            trouble = troubleAt(url, address);
            if (trouble.isEmpty()) {
                return;
            }
        }
        throw new RefusedUpkeepException("nothing was changed: no member can be at " + url + ", " + trouble);
    }

    /** A member may have been added with any. */
    private static Optional<URI> url(String text) {
        try {
            return Optional.of(InitialCluster.peerUrl(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static List<InetAddress> resolve(URI url) throws RefusedUpkeepException {
        List<InetAddress> found = resolved(url);
        if (found.isEmpty()) {
            throw new RefusedUpkeepException("nothing was changed: no member can be at " + url
                    + ", its host has no address; check the name, or use an address");
        }
        return found;
    }

    private static List<InetAddress> resolved(URI url) {
        try {
            return Arrays.asList(InetAddress.getAllByName(url.getHost()));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    /** Why not, a clause; empty if the host is there. */
    private String troubleAt(URI url, InetAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, url.getPort()), Math.toIntExact(CONNECT.toMillis()));
            return "https".equals(url.getScheme()) ? troubleOfTls(socket, url) : "";
        } catch (SocketTimeoutException e) {
            return "nothing comes back from there: is the host up, and does its firewall let " + url.getPort()
                    + " through?";
        } catch (ConnectException e) {
            boolean refused = KernelWords.of(String.valueOf(e.getMessage())).contains("refused");
            return refused ? "" : unreachable(e); // refused: the host is there, and etcd not started yet
        } catch (IOException e) {
            return unreachable(e);
        }
    }

    private static String unreachable(IOException e) {
        return "it cannot be reached from here (" + KernelWords.of(String.valueOf(e.getMessage())) + ")";
    }

    private String troubleOfTls(Socket plain, URI url) {
        try (SSLSocket socket =
                (SSLSocket) tls.getSocketFactory().createSocket(plain, url.getHost(), url.getPort(), true)) {
            socket.setSoTimeout(Math.toIntExact(CONNECT.toMillis()));
            socket.startHandshake();
            return "";
        } catch (SSLHandshakeException e) {
            // Without its sudden end they speak TLS, and do not agree on a certificate.
            return e.getCause() instanceof EOFException ? NO_TLS_THERE : "";
        } catch (SSLException e) {
            String said = String.valueOf(e.getMessage());
            return said.toLowerCase(Locale.ROOT).contains(NO_TLS)
                    ? NO_TLS_THERE
                    : "what listens there fails in TLS: " + said;
        } catch (IOException e) {
            return "what listens there does not answer in TLS (" + e.getMessage() + ")";
        }
    }
}
