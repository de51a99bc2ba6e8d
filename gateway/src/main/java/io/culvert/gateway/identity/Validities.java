package io.culvert.gateway.identity;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Whether a certificate is valid now; if not, by how much, and whether that smells of a wrong clock. */
final class Validities {
    /** A certificate that misses its time by less than this is probably right, and a clock wrong. */
    static final Duration CLOCK_SUSPECT = Duration.ofDays(1);

    private Validities() {}

    static void check(X509Certificate certificate, String site, String which, Instant now) throws PeerRefusedException {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        if (now.isAfter(until)) {
            Duration late = Duration.between(until, now);
            throw PeerRefusedException.here(
                    PeerRefusal.EXPIRED,
                    site,
                    which + ": it was valid until " + until + ", here it is " + seconds(now) + hint(late, "ahead"));
        }
        if (now.isBefore(from)) {
            Duration early = Duration.between(now, from);
            throw PeerRefusedException.here(
                    PeerRefusal.NOT_YET_VALID,
                    site,
                    which + ": it is valid from " + from + ", here it is " + seconds(now) + hint(early, "behind"));
        }
    }

    private static String hint(Duration off, String direction) {
        if (off.compareTo(CLOCK_SUSPECT) > 0) {
            return "";
        }
        return "; a clock may be wrong: this site's is " + direction + ", or the other's the other way, by at least "
                + words(off) + "; check the time service (NTP) at both";
    }

    /** A duration in its two largest units. */
    static String words(Duration off) {
        if (off.toDays() > 0) {
            return off.toDays() + " d " + off.toHoursPart() + " h";
        }
        if (off.toHours() > 0) {
            return off.toHours() + " h " + off.toMinutesPart() + " min";
        }
        return off.toMinutes() > 0 ? off.toMinutes() + " min " + off.toSecondsPart() + " s" : off.toSeconds() + " s";
    }

    private static Instant seconds(Instant now) {
        return now.truncatedTo(ChronoUnit.SECONDS);
    }
}
