package io.culvert.gateway.relay.portmap;

import io.culvert.dedupe.chunk.Slice;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to the portmapper by UDP, whose sources may be forged: who is not among the clients gets no answer, who is not listed no
 * long one, and nobody more than the {@link AnswerBudget} has. One virtual thread.
 */
final class UdpCalls implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(UdpCalls.class);

    private final DatagramSocket socket;
    private final PortmapListener.Answers answers;
    private final Clients clients;
    private final AnswerBudget budget;

    UdpCalls(InetSocketAddress at, PortmapListener.Answers answers, Clients clients, AnswerBudget.Rates rates)
            throws IOException {
        this.socket = new DatagramSocket(at);
        this.answers = answers;
        this.clients = clients;
        this.budget = new AnswerBudget(rates, System::nanoTime);
    }

    void start() {
        Thread.ofVirtual().name("portmapper-udp " + address()).start(this::receive);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private void receive() {
        byte[] buffer = new byte[RecordAssembler.MAX_RECORD_BYTES];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                answer(packet);
            } catch (MalformedXdrException e) {
                LOG.debug("a datagram that is no call: {}", e.getMessage());
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    LOG.debug("the portmapper at {} by UDP: {}", socket.getLocalSocketAddress(), e.getMessage());
                }
            }
        }
    }

    private void answer(DatagramPacket packet) throws IOException, MalformedXdrException {
        InetAddress client = packet.getAddress();
        if (packet.getPort() == 0 || !clients.admits(client)) {
            return;
        }
        Slice call = Slice.of(Arrays.copyOf(packet.getData(), packet.getLength()));
        Optional<byte[]> reply = answers.to(call, NetId.UDP, clients.lists(client));
        if (reply.isPresent() && budget.take(client)) {
            socket.send(new DatagramPacket(reply.get(), reply.get().length, packet.getSocketAddress()));
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
