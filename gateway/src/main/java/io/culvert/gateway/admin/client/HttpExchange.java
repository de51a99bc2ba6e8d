package io.culvert.gateway.admin.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.ChunkedOutputStream;
import org.apache.hc.core5.http.impl.io.ContentLengthInputStream;
import org.apache.hc.core5.http.impl.io.ContentLengthOutputStream;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestWriter;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.apache.hc.core5.http.impl.io.SessionOutputBufferImpl;
import org.apache.hc.core5.http.io.entity.EmptyInputStream;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/** One request and its response on a connection of its own; for one thread. */
final class HttpExchange implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;
    private final SessionInputBufferImpl received = new SessionInputBufferImpl(BUFFER_BYTES);
    private final SessionOutputBufferImpl sent = new SessionOutputBufferImpl(BUFFER_BYTES);
    private final Deadline deadline;
    private @Nullable InputStream body;

    private HttpExchange(SocketChannel channel, Deadline deadline) {
        this.channel = channel;
        this.in = Channels.newInputStream(channel);
        this.out = Channels.newOutputStream(channel);
        this.deadline = deadline;
    }

    /**
     * Connects, to a gateway that may hang and take no connection.
     *
     * @param connect how long that may take
     * @param limit from here until the whole answer has come; nothing: as long as it takes
     * @throws LateAnswerException if it took longer
     */
    static HttpExchange open(Path socket, Duration connect, Optional<Duration> limit) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Deadline deadline = Deadline.closing(channel, limit.orElse(connect));
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            deadline.cancel();
            channel.close();
            throw deadline.explained(e);
        }
        if (limit.isPresent()) {
            return new HttpExchange(channel, deadline);
        }
        deadline.cancel();
        return new HttpExchange(channel, Deadline.NONE);
    }

    /** Reads an answer that no gateway gave. */
    static void preload() {
        byte[] answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n-\r\n0\r\n\r\n".getBytes(US_ASCII);
        SessionInputBufferImpl buffer = new SessionInputBufferImpl(BUFFER_BYTES);
        try (InputStream in = new ByteArrayInputStream(answer)) {
            new DefaultHttpRequestWriter()
                    .write(
                            head("GET", "/"),
                            new SessionOutputBufferImpl(BUFFER_BYTES),
                            OutputStream.nullOutputStream());
            new DefaultHttpResponseParser().parse(buffer, in);
            new ChunkedInputStream(buffer, in).readAllBytes();
        } catch (IOException | HttpException e) {
            throw new IllegalStateException("an answer in memory must be readable", e);
        }
    }

    /** Sends a request whose body is at hand; an empty one is none. */
    void send(String method, String path, byte[] content) throws IOException, HttpException {
        ClassicHttpRequest request = head(method, path);
        if (content.length > 0) {
            request.setHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        }
        if (content.length > 0 || !method.equals("GET")) {
            request.setHeader(HttpHeaders.CONTENT_LENGTH, content.length);
        }
        new DefaultHttpRequestWriter().write(request, sent, out);
        try (var stream = new ContentLengthOutputStream(sent, out, content.length)) {
            stream.write(content);
        }
        sent.flush(out);
    }

    /**
     * Sends a request whose body is read to its end. If the gateway answers before that and takes no more, this
     * returns early, and the response says why.
     */
    void send(String method, String path, InputStream content) throws IOException, HttpException {
        ClassicHttpRequest request = head(method, path);
        request.setHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream");
        request.setHeader(HttpHeaders.TRANSFER_ENCODING, "chunked");
        new DefaultHttpRequestWriter().write(request, sent, out);
        sent.flush(out);
        ChunkedOutputStream stream = new ChunkedOutputStream(sent, out, BUFFER_BYTES);
        byte[] buffer = new byte[BUFFER_BYTES];
        while (true) {
            int count = content.read(buffer);
            try {
                if (count < 0) {
                    stream.finish();
                    sent.flush(out);
                    return;
                }
                stream.write(buffer, 0, count);
            } catch (IOException e) {
                return;
            }
        }
    }

    /** Reads the response's head. */
    ClassicHttpResponse receive() throws IOException, HttpException {
        ClassicHttpResponse response = new DefaultHttpResponseParser().parse(received, in);
        if (response == null) {
            throw new IOException("the gateway closed the connection without an answer");
        }
        body = bodyOf(response);
        return response;
    }

    /** Why reading or writing failed: because the time was up, if it was. */
    IOException explained(IOException e) {
        return deadline.explained(e);
    }

    /** The response's body, after {@link #receive}. */
    InputStream body() {
        if (body == null) {
            throw new IllegalStateException("the response must be received before its body");
        }
        return body;
    }

    /** A trailer, after the body's end. */
    Optional<String> trailer(String name) {
        if (body instanceof ChunkedInputStream chunked) {
            for (Header footer : chunked.getFooters()) {
                if (footer.getName().equalsIgnoreCase(name)) {
                    return Optional.ofNullable(footer.getValue());
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        deadline.cancel();
        channel.close();
    }

    private static ClassicHttpRequest head(String method, String path) {
        ClassicHttpRequest request = new BasicClassicHttpRequest(method, path);
        request.setHeader(HttpHeaders.HOST, "localhost");
        request.setHeader(HttpHeaders.CONNECTION, "close");
        return request;
    }

    private InputStream bodyOf(ClassicHttpResponse response) throws IOException {
        Header encoding = response.getFirstHeader(HttpHeaders.TRANSFER_ENCODING);
        if (encoding != null && "chunked".equalsIgnoreCase(encoding.getValue())) {
            return new ChunkedInputStream(received, in);
        }
        Header length = response.getFirstHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null) {
            return EmptyInputStream.INSTANCE;
        }
        try {
            return new ContentLengthInputStream(received, in, Long.parseLong(length.getValue()));
        } catch (NumberFormatException e) {
            throw new IOException("the gateway's answer has no proper length: " + length.getValue(), e);
        }
    }
}
