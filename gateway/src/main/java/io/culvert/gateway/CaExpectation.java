package io.culvert.gateway;

import io.culvert.gateway.probe.Expectation;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;

/** A gateway is to answer whose certificate this CA signed. */
record CaExpectation(X509Certificate authority, InstantSource clock) implements Expectation {

    @Override
    public String trouble(List<X509Certificate> presented) {
        if (presented.isEmpty()) {
            return "no certificate is shown";
        }
        X509Certificate leaf = presented.getFirst();
        if (!isIssuer(leaf)) {
            return "the certificate is not signed by "
                    + authority.getSubjectX500Principal().getName();
        }
        try {
            leaf.checkValidity(Date.from(clock.instant()));
            return "";
        } catch (CertificateExpiredException e) {
            return "the certificate expired at " + leaf.getNotAfter().toInstant() + "; it is " + clock.instant()
                    + " here";
        } catch (CertificateNotYetValidException e) {
            return "the certificate is not valid before " + leaf.getNotBefore().toInstant() + "; it is "
                    + clock.instant() + " here";
        }
    }

    @Override
    public boolean isIssuer(X509Certificate leaf) {
        try {
            leaf.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false; // that is the answer
        }
    }
}
