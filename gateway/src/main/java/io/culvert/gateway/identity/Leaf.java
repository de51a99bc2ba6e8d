package io.culvert.gateway.identity;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/** A gateway's short-lived certificate, with its key and the CA certificate above it. */
record Leaf(X509Certificate certificate, X509Certificate authority, PrivateKey key) {
    Instant notBefore() {
        return certificate.getNotBefore().toInstant();
    }

    Instant notAfter() {
        return certificate.getNotAfter().toInstant();
    }

    /** When to renew it: at two thirds of its life. */
    Instant renewAt() {
        Duration life = Duration.between(notBefore(), notAfter());
        return notBefore().plus(life.multipliedBy(2).dividedBy(3));
    }

    boolean isValidAt(Instant now) {
        return !now.isBefore(notBefore()) && !now.isAfter(notAfter());
    }

    X509Certificate[] chain() {
        return new X509Certificate[] {certificate, authority};
    }

    /** Its serial number in hexadecimal, as lists of revoked certificates write it. */
    String serial() {
        return certificate.getSerialNumber().toString(16);
    }

    @Override
    public String toString() {
        return "Leaf[serial=" + serial() + ", notAfter=" + notAfter() + "]";
    }
}
