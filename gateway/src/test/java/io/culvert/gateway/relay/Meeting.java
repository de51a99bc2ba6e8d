package io.culvert.gateway.relay;

import io.culvert.gateway.relay.RelayedSites.Pair;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Brings the two ends of relayed connections together, also when some of them are refused: each says a number first, and is answered. */
final class Meeting {

    private final RelayedSites relayed;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, Socket> accepted = new ConcurrentHashMap<>();

    /** Takes all connections that the server of the sites accepts. */
    Meeting(RelayedSites relayed) {
        this.relayed = relayed;
        relayed.acceptAll(this::greet);
    }

    private void greet(Socket socket) {
        try {
            accepted.put(new DataInputStream(socket.getInputStream()).readLong(), socket);
            socket.getOutputStream().write('!');
        } catch (SocketException reset) {
            accepted.values().remove(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection; nothing if it was refused, as it is while there is no stream. */
    Optional<Pair> connect() throws IOException {
        long number = numbers.incrementAndGet();
        Socket client = relayed.client();
        try {
            new DataOutputStream(client.getOutputStream()).writeLong(number);
            if (client.getInputStream().read() != '!') {
                throw new IOException("a connection that was refused ended as if in order");
            }
        } catch (SocketException refused) {
            client.close();
            return Optional.empty();
        }
        return Optional.of(new Pair(client, Objects.requireNonNull(accepted.remove(number))));
    }
}
