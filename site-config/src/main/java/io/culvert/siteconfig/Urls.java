package io.culvert.siteconfig;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What counts as an http or https URL, and which ones carry a secret. */
final class Urls {
    private static final Pattern SECRET_PARAMETER =
            Pattern.compile("(?i)(^|&)[^=&]*(token|key|secret|passw|pwd|sig|auth)[^=&]*=");

    private Urls() {}

    /** Returns an absolute http or https URL with a host, and a port in range if it has one. */
    static Optional<URI> parse(String text) {
        try {
            URI url = new URI(text);
            String scheme = url.getScheme() == null ? "" : url.getScheme();
            boolean right = (scheme.equals("https") || scheme.equals("http"))
                    && url.getHost() != null
                    && Hosts.isHost(host(url))
                    && url.getPort() <= PortRange.MAX_PORT
                    && url.getPort() != 0;
            return right ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** Returns the host, an IPv6 address without brackets. */
    static String host(URI url) {
        String host = url.getHost().toLowerCase(Locale.ROOT);
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    static boolean carriesSecret(URI url) {
        String query = url.getRawQuery();
        return url.getRawUserInfo() != null
                || (query != null && SECRET_PARAMETER.matcher(query).find());
    }

    /** Cuts what may be a secret, so that the URL can be shown: user, password and query. */
    static String withoutSecrets(String text) {
        return text.replaceFirst("//[^/@]*@", "//…@").replaceFirst("\\?.*", "?…");
    }
}
