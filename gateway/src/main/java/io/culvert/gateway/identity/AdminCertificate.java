package io.culvert.gateway.identity;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The certificate of {@code admin.listen}: from the site's CA, for a server only, and no gateway's identity.
 *
 * <p>The key is made for it and never written to disk. Ask for another one when {@link #renewAt} has come.
 *
 * @param chainPem the leaf, then the CA
 * @param keyPem the leaf's key, PKCS #8
 */
public record AdminCertificate(String chainPem, String keyPem, Instant renewAt, Instant notAfter) {
    static final Duration LIFE = Duration.ofDays(30);

    /** @param hostNames DNS names and addresses that a browser may use, at most 16 */
    static AdminCertificate issue(SiteAuthority authority, List<String> hostNames) throws IOException {
        Leaf leaf = authority.issueConsole(hostNames, LIFE);
        return new AdminCertificate(
                Pem.text(leaf.certificate()) + Pem.text(leaf.authority()),
                Pem.text(leaf.key()),
                leaf.renewAt(),
                leaf.notAfter());
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "AdminCertificate[until " + notAfter + "]";
    }
}
