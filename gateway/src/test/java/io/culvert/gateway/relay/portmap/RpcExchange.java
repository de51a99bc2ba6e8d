package io.culvert.gateway.relay.portmap;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Runs beside a real rpcbind, in its namespaces: reads lines {@code tcp|udp|tcp6|udp6|unix HEX}, sends that call, prints the reply in hex,
 * {@code silence} or {@code closed}.
 */
final class RpcExchange {

    private static final int PORT = 111;
    private static final int PATIENCE_MILLIS = 1_000;
    private static final Path SOCKET = Path.of("/run/rpcbind.sock");

    private RpcExchange() {}

    public static void main(String[] arguments) throws IOException {
        InetAddress host = InetAddress.getByName(arguments[0]);
        InetAddress host6 = InetAddress.getByName(arguments[1]);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ", -1);
            byte[] call = HexFormat.of().parseHex(words[1]);
            System.out.println(
                    switch (words[0]) {
                        case "tcp" -> tcp(host, call);
                        case "udp" -> udp(host, call);
                        case "tcp6" -> tcp(host6, call);
                        case "udp6" -> udp(host6, call);
                        default -> unix(call);
                    });
        }
    }

    private static String tcp(InetAddress host, byte[] call) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, PORT), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(RecordAssembler.marked(call));
            RecordAssembler records = new RecordAssembler();
            byte[] buffer = new byte[16 << 10];
            while (true) {
                int count = socket.getInputStream().read(buffer);
                if (count < 0) {
                    return "closed";
                }
                Optional<byte[]> record =
                        records.take(ByteBuffer.wrap(buffer, 0, count)).map(found -> found.toArray());
                if (record.isPresent()) {
                    return HexFormat.of().formatHex(record.get());
                }
            }
        } catch (SocketTimeoutException e) {
            return "silence";
        } catch (MalformedXdrException e) {
            throw new IOException(e);
        }
    }

    private static String udp(InetAddress host, byte[] call) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.send(new DatagramPacket(call, call.length, host, PORT));
            byte[] buffer = new byte[64 << 10];
            DatagramPacket reply = new DatagramPacket(buffer, buffer.length);
            socket.receive(reply);
            return HexFormat.of().formatHex(buffer, 0, reply.getLength());
        } catch (SocketTimeoutException e) {
            return "silence";
        }
    }

    private static String unix(byte[] call) throws IOException {
        try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(SOCKET))) {
            socket.write(ByteBuffer.wrap(RecordAssembler.marked(call)));
            ByteBuffer reply = ByteBuffer.allocate(8 << 10);
            socket.read(reply);
            return HexFormat.of().formatHex(Arrays.copyOf(reply.array(), reply.position()));
        }
    }
}
