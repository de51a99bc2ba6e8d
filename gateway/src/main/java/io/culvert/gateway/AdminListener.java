package io.culvert.gateway;

import io.culvert.gateway.admin.http.AdminServer;
import io.culvert.gateway.identity.SiteIdentity;
import io.culvert.siteconfig.Admin;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Where the console, health and metrics are served over TLS, with a certificate of the site's CA. */
final class AdminListener {

    private AdminListener() {}

    static Optional<AdminServer.TlsListener> of(Admin admin, SiteIdentity identity, InstantSource clock)
            throws IOException {
        String host = admin.listen().host();
        List<String> names = admin.listen().isWildcard() ? List.of("localhost") : List.of(host, "localhost");
        return Optional.of(new AdminServer.TlsListener(
                host,
                admin.listen().port(),
                identity.site() + "/" + identity.gateway(),
                new AdminKeys(() -> identity.adminCertificate(names), clock)));
    }
}
