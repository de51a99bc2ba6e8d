package io.culvert.gateway.alert;

import io.culvert.siteconfig.Alerts;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Posts alerts as JSON to a URL. Taken is what is answered with 2xx; redirects are not followed, since they could lead the token away. A
 * token goes as {@code Authorization: Bearer} (RFC 6750). A connection for each alert: they are rare, and one that idles is cut in
 * silence. Proxies as the JVM's properties name them.
 */
final class WebhookChannel implements AlertChannel {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final Alerts.Webhook webhook;
    private final Origin origin;
    private final List<Path> bundles;

    /** @param bundles see {@link MachineTrust} */
    WebhookChannel(Alerts.Webhook webhook, Origin origin, List<Path> bundles) {
        this.webhook = webhook;
        this.origin = origin;
        this.bundles = List.copyOf(bundles);
    }

    @Override
    public String target() {
        return switch (webhook) {
            case Alerts.Webhook.Plain plain -> plain.url().toString();
            case Alerts.Webhook.Secret secret -> "the URL in " + secret.urlFile();
        };
    }

    @Override
    public Optional<String> send(Alert alert, Cut cut) throws IOException, InterruptedException {
        HttpRequest.Builder request = request()
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .header("User-Agent", "culvert/" + origin.version())
                .POST(HttpRequest.BodyPublishers.ofByteArray(AlertJson.message(origin, alert)));
        if (webhook instanceof Alerts.Webhook.Plain plain && plain.tokenFile().isPresent()) {
            request.header("Authorization", "Bearer " + token(plain.tokenFile().get()));
        }
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(ProxySelector.getDefault())
                .sslContext(MachineTrust.context(bundles))
                .build();
        cut.closes(client::shutdownNow);
        int status;
        try {
            HttpResponse<InputStream> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            answer.body().close(); // nobody reads it, however long it is
            status = answer.statusCode();
        } catch (HttpConnectTimeoutException e) {
            throw new IOException(target() + " cannot be connected to within " + CONNECT.toSeconds() + " s", e);
        } catch (HttpTimeoutException e) {
            throw new IOException(target() + " did not answer within " + ANSWER.toSeconds() + " s", e);
        } catch (ConnectException e) {
            throw new IOException(target() + " cannot be connected to: " + reason(e), e);
        } catch (SSLException e) {
            throw new IOException(target() + ": no TLS with it: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(target() + " gave no proper answer: " + e.getMessage(), e);
        } finally {
            client.shutdownNow();
        }
        requireTaken(status);
        return Optional.empty();
    }

    private void requireTaken(int status) throws IOException {
        String answered = target() + " answered " + status;
        switch (status) {
            case 400, 413, 414, 415, 422 ->
                throw new RefusedAlertException(answered); // it reads it, and does not want it
            default -> {
                if (status / 100 != 2) {
                    throw new IOException(answered);
                }
            }
        }
    }

    private static String reason(ConnectException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "its name does not resolve";
            }
        }
        return e.getMessage() == null ? "connection refused" : e.getMessage();
    }

    private HttpRequest.Builder request() throws IOException {
        return switch (webhook) {
            case Alerts.Webhook.Plain plain -> HttpRequest.newBuilder(plain.url());
            case Alerts.Webhook.Secret secret -> secretRequest(secret.urlFile());
        };
    }

    /** What the file holds is as secret as a password: no message may show it, nor a cause that would. */
    private static HttpRequest.Builder secretRequest(Path file) throws IOException {
        String text = SecretFile.read(file);
        try {
            URI url = new URI(text);
            if ("https".equals(url.getScheme()) && url.getHost() != null && url.getPort() < 1 << 16) {
                return HttpRequest.newBuilder(url);
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IOException("the first line of " + file + " is no URL");
        }
        throw new IOException("the first line of " + file + " is no https URL");
    }

    private static String token(Path file) throws IOException {
        String token = SecretFile.read(file);
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IOException("the first line of " + file + " is no token: it holds blanks or other than ASCII");
        }
        return token;
    }
}
