package io.culvert.gateway.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program ping(8) of iputils, which may send echo requests where this process may not. */
final class PingProgram {

    private static final int COUNT = 5;
    /** No longer takes {@link #ping}, though the program ends by itself before. */
    static final Duration LIMIT = Duration.ofMillis(2_500);

    private static final int MAX_OUTPUT_BYTES = 16 << 10;
    private static final Pattern ANSWER =
            Pattern.compile("(?:ttl|hlim)=(?<hops>\\d{1,3}) time=(?<millis>[0-9.]{1,12}) ms");

    private PingProgram() {}

    /** Sends a few; nothing if there is no such program, or it may not either. */
    static Optional<Facts.Echo> ping(InetAddress host) throws InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(
                            "ping", "-n", "-c", String.valueOf(COUNT), "-i", "0.2", "-w", "2", host.getHostAddress())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            return Optional.empty(); // it is not installed
        }
        try {
            process.getOutputStream().close();
            boolean ended = process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS); // what it prints fits a pipe
            boolean sent = ended && process.exitValue() <= 1; // 1: nobody answered; 2: it could not
            byte[] output = sent ? process.getInputStream().readNBytes(MAX_OUTPUT_BYTES) : new byte[0];
            return sent ? Optional.of(read(new String(output, StandardCharsets.US_ASCII))) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // its output ended early, so it says nothing
        } finally {
            process.destroyForcibly();
        }
    }

    /** What it printed. */
    static Facts.Echo read(String output) {
        Matcher answer = ANSWER.matcher(output);
        int answered = 0;
        double sumMillis = 0;
        OptionalInt hops = OptionalInt.empty();
        while (answer.find()) {
            answered++;
            sumMillis += Double.parseDouble(answer.group("millis"));
            hops = OptionalInt.of(Integer.parseInt(answer.group("hops")));
        }
        OptionalDouble mean = answered == 0 ? OptionalDouble.empty() : OptionalDouble.of(sumMillis / answered);
        return new Facts.Echo("", COUNT, Math.min(answered, COUNT), mean, hops, Optional.empty());
    }
}
