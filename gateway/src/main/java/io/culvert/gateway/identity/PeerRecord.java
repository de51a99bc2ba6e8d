package io.culvert.gateway.identity;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * What is kept of a peer, and which of two records of the same peer is the newer.
 *
 * <p>Gateways of one site change their own copies, also while they cannot hear of each other, and must come to the same in
 * the end, in whatever order they hear. The newer is the one with, in this order,
 *
 * <ol>
 *   <li>the later enrolment, since only a new token begins one;
 *   <li>the revocation: it ends an enrolment, whatever else was changed in that meanwhile elsewhere;
 *   <li>the higher revision;
 *   <li>the greater SHA-256 of the content: any rule serves that all follow.
 * </ol>
 *
 * Serial numbers that either of the two revoked stay revoked.
 *
 * @param enrolment how often this name was enrolled, from 1
 * @param revision rises with each change, from 1
 */
record PeerRecord(long enrolment, long revision, Peer peer) {
    PeerRecord {
        if (enrolment < 1 || revision < 1) {
            throw new IllegalArgumentException(
                    "enrolment and revision must be >= 1, were " + enrolment + " and " + revision);
        }
    }

    static PeerRecord first(Peer peer) {
        return new PeerRecord(1, 1, peer);
    }

    /** The same enrolment, changed. */
    PeerRecord changed(Peer next) {
        return new PeerRecord(enrolment, Math.incrementExact(revision), next);
    }

    /** A new enrolment of the name. */
    PeerRecord enrolledAnew(Peer next) {
        return new PeerRecord(Math.incrementExact(enrolment), Math.incrementExact(revision), next);
    }

    /** What all gateways keep that know both. */
    PeerRecord merged(PeerRecord other) throws IOException {
        PeerRecord newer = other.isNewerThan(this) ? other : this;
        Set<String> serials = new HashSet<>(peer.revokedSerials());
        serials.addAll(other.peer.revokedSerials());
        return serials.size() > Peer.MAX_REVOKED_SERIALS
                ? newer
                : new PeerRecord(newer.enrolment, newer.revision, newer.peer.withRevokedSerials(serials));
    }

    private boolean isNewerThan(PeerRecord other) throws IOException {
        if (enrolment != other.enrolment) {
            return enrolment > other.enrolment;
        }
        if (peer.isRevoked() != other.peer.isRevoked()) {
            return peer.isRevoked();
        }
        if (revision != other.revision) {
            return revision > other.revision;
        }
        return Arrays.compareUnsigned(PeerFile.hash(this), PeerFile.hash(other)) > 0;
    }
}
