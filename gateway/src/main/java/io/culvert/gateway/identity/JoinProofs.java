package io.culvert.gateway.identity;

import io.culvert.proto.v1.JoinReply;
import io.culvert.proto.v1.JoinRequest;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;

/**
 * What the proofs in an enrolment are made over.
 *
 * <p>Each side proves two things over all it says and over the inviter's CA: that it has the token's secret (HMAC) and
 * that it holds the key of the CA that it asks to be pinned (signature). The reply covers the request too, so neither can
 * be spliced into another enrolment.
 */
final class JoinProofs {
    static final int VERSION = 1;
    static final int NONCE_BYTES = 32;
    static final int MAC_BYTES = 32;
    static final int MAX_SIGNATURE_BYTES = 80;

    private JoinProofs() {}

    static byte[] transcript(CaFingerprint inviter, String inviterSite, JoinRequest request) {
        return new Transcript("culvert.v1 join request")
                .add(inviter.bytes())
                .add(inviterSite)
                .add(request.getVersion())
                .add(request.getSite())
                .add(request.getEndpoint())
                .add(request.getJoinerDials())
                .add(request.getAuthority().toByteArray())
                .add(request.getNonce().toByteArray())
                .add(request.getClockMillis())
                .digest();
    }

    static byte[] transcript(byte[] requestTranscript, JoinReply reply) {
        return new Transcript("culvert.v1 join reply")
                .add(requestTranscript)
                .add(reply.getVersion())
                .add(reply.getSite())
                .add(reply.getEndpoint())
                .add(reply.getAuthority().toByteArray())
                .add(reply.getNonce().toByteArray())
                .add(reply.getClockMillis())
                .digest();
    }

    static boolean hold(JoinSecret secret, X509Certificate authority, byte[] transcript, byte[] mac, byte[] signature) {
        return mac.length == MAC_BYTES
                && signature.length <= MAX_SIGNATURE_BYTES
                && MessageDigest.isEqual(secret.mac(transcript), mac)
                && Ec.verify(authority.getPublicKey(), transcript, signature);
    }
}
