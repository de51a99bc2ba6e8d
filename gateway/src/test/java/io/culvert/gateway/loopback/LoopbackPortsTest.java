package io.culvert.gateway.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoopbackPortsTest {

    private static final String OUTGOING = "/proc/sys/net/ipv4/ip_local_port_range";

    @Test
    void portsDifferAndCanBeListenedOn() throws IOException {
        List<Integer> ports = LoopbackPorts.free(20);

        assertThat(ports).hasSize(20);
        assertThat(new HashSet<>(ports)).hasSize(20);
        List<ServerSocket> listening = new ArrayList<>();
        try {
            for (int port : ports) {
                listening.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
            }
        } finally {
            for (ServerSocket socket : listening) {
                socket.close();
            }
        }
    }

    /** Who was given a port listens on it later. */
    @Test
    void noPortIsGivenTwice() throws IOException {
        List<Integer> given = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            given.addAll(LoopbackPorts.free(3));
        }
        assertThat(given).doesNotHaveDuplicates();
    }

    /** As the checks of two checkouts. */
    @Test
    void anotherProcessIsGivenOtherPorts() throws Exception {
        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            given.addAll(LoopbackPorts.free(200));
        }
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Drawing.class.getName())
                .redirectError(Redirect.INHERIT)
                .start();
        String printed = new String(other.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(other.waitFor()).isZero();
        assertThat(printed.lines().map(Integer::valueOf).toList()).hasSize(2000).doesNotContainAnyElementsOf(given);
    }

    /** Draws a good part of all ports there are. */
    static final class Drawing {
        private Drawing() {}

        public static void main(String[] arguments) throws IOException {
            LoopbackPorts.free(2000).forEach(System.out::println);
        }
    }

    @Test
    void noOutgoingConnectionCanGetOneOfThem() throws IOException {
        Process cat = new ProcessBuilder("cat", OUTGOING)
                .redirectError(Redirect.INHERIT)
                .start();
        String range = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        int first = Integer.parseInt(range.strip().split("\\s+")[0]);
        assumeThat(first)
                .as("skipped: this kernel gives outgoing connections low ports")
                .isGreaterThan(11_000);

        assertThat(LoopbackPorts.free(50)).allSatisfy(port -> assertThat(port).isLessThan(first));
    }
}
