package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.ConsoleLink;
import io.culvert.gateway.admin.console.SignIn;
import io.vertx.ext.web.Router;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Gives links into the console to who may open the admin socket. */
final class LinkRoutes {
    static final String PATH = "/api/v1/console/links";

    private final SignIn signIn;
    private final int port;
    private final AdminServer.TlsListener listener;

    /** @param port that the listener has */
    LinkRoutes(SignIn signIn, int port, AdminServer.TlsListener listener) {
        this.signIn = signIn;
        this.port = port;
        this.listener = listener;
    }

    void mount(Router router, Requests requests) {
        router.post(PATH).handler(rc -> requests.run(rc, call -> new Answer.Json(201, link())));
    }

    private ConsoleLink link() {
        SignIn.Code code = signIn.mint();
        return new ConsoleLink(
                "https://" + host() + ":" + port + "/#code=" + code.text(), code.expires(), fingerprint());
    }

    /** As a browser on this machine reaches it. */
    private String host() {
        String host = listener.host();
        if (host.equals("0.0.0.0") || host.equals("::")) {
            return "localhost";
        }
        return host.contains(":") ? "[" + host + "]" : host;
    }

    private String fingerprint() {
        try {
            String alias = listener.keys().getServerAliases("EC", null)[0];
            byte[] certificate = listener.keys().getCertificateChain(alias)[0].getEncoded();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that is served must have a fingerprint", e);
        }
    }
}
