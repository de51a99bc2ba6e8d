package io.culvert.gateway.testing;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real rsyslogd that takes messages by UDP, TCP, TLS and a Unix socket, and writes what it understood of each: facility.severity, host,
 * application, message id, structured data and text, a line a message.
 */
public final class SyslogServer implements AutoCloseable {
    private static final String CONFIG = """
            global(workDirectory="%1$s"
                   DefaultNetstreamDriverCAFile="%2$s"
                   DefaultNetstreamDriverCertFile="%3$s"
                   DefaultNetstreamDriverKeyFile="%4$s")
            module(load="imudp")
            module(load="imtcp")
            module(load="imuxsock" SysSock.Use="off")
            template(name="understood" type="list") {
              property(name="syslogfacility-text") constant(value=".") property(name="syslogseverity-text")
              constant(value="|") property(name="hostname") constant(value="|") property(name="app-name")
              constant(value="|") property(name="msgid") constant(value="|") property(name="structured-data")
              constant(value="|") property(name="msg") constant(value="\\n")
            }
            input(type="imudp" address="127.0.0.1" port="%5$d")
            input(type="imtcp" address="127.0.0.1" port="%6$d")
            input(type="imtcp" address="127.0.0.1" port="%7$d"
                  StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
            input(type="imuxsock" Socket="%1$s/log")
            action(type="omfile" file="%1$s/understood" template="understood")
            """;

    private final Path directory;
    private final Process process;
    private final int udp;
    private final int tcp;
    private final int tls;

    /** Starts it in a directory of its own. */
    public SyslogServer(Path directory, EtcdProcess.Tls certificate) throws IOException, InterruptedException {
        Path program = DebianPackage.require("rsyslog", "rsyslogd", "rsyslog.service", "syslog.socket");
        DebianPackage.require(
                "rsyslog-gnutls",
                "/usr/lib/" + (System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64")
                        + "-linux-gnu/rsyslog/lmnsd_gtls.so");
        this.directory = Files.createDirectories(directory);
        try (ServerSocket one = new ServerSocket(0);
                ServerSocket two = new ServerSocket(0);
                ServerSocket three = new ServerSocket(0)) {
            udp = one.getLocalPort();
            tcp = two.getLocalPort();
            tls = three.getLocalPort();
        }
        Path config = directory.resolve("rsyslog.conf");
        Files.writeString(
                config,
                CONFIG.formatted(
                        directory, certificate.ca(), certificate.certificate(), key(certificate.key()), udp, tcp, tls));
        process = new ProcessBuilder(
                        program.toString(),
                        "-n",
                        "-f",
                        config.toString(),
                        "-i",
                        directory.resolve("pid").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log.txt").toFile())
                .start();
    }

    /** With the public half in it, without which GnuTLS takes no key. */
    private Path key(Path key) throws IOException, InterruptedException {
        Path whole = directory.resolve("key.pem");
        String openssl = DebianPackage.require("openssl", "openssl").toString();
        int code = new ProcessBuilder(openssl, "ec", "-in", key.toString(), "-out", whole.toString())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.DISCARD)
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("openssl could not read " + key);
        }
        return whole;
    }

    public int udp() {
        return udp;
    }

    public int tcp() {
        return tcp;
    }

    public int tls() {
        return tls;
    }

    /** Where it takes datagrams of this machine. */
    public Path socket() {
        return directory.resolve("log");
    }

    /** Whether all of its listeners are there; the one of UDP comes first. */
    public boolean serves() {
        return Files.exists(socket()) && accepts(tcp) && accepts(tls);
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false; // not yet
        }
    }

    /** What it understood so far. */
    public List<String> understood() throws IOException {
        Path file = directory.resolve("understood");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
