package io.culvert.gateway.probe;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509ExtendedKeyManager;

/** Who is to answer by TLS, as far as that is known: the caller's, because identity is not the probe's affair. */
public interface Expectation {

    /** Nothing is known: TLS is looked at and not judged. */
    Expectation NONE = new Expectation() {
        @Override
        public boolean isKnown() {
            return false;
        }

        @Override
        public String trouble(List<X509Certificate> presented) {
            return "";
        }

        @Override
        public boolean isIssuer(X509Certificate leaf) {
            return false;
        }
    };

    /** Whether anything is expected. */
    default boolean isKnown() {
        return true;
    }

    /** Why what was presented is not to be trusted, a clause; empty if it is. */
    String trouble(List<X509Certificate> presented);

    /** Whether the CA that is expected signed it, whatever else is wrong with it. */
    boolean isIssuer(X509Certificate leaf);

    /** The name to be sent as SNI. */
    default Optional<String> serverName() {
        return Optional.empty();
    }

    /** Shows this site's certificate; nothing: none is shown. */
    default Optional<X509ExtendedKeyManager> certificate() {
        return Optional.empty();
    }
}
