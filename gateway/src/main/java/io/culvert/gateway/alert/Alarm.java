package io.culvert.gateway.alert;

import java.util.Optional;

/**
 * Something that is wrong now, as the gateway sees it at one look.
 *
 * @param id what it is about, the same at every look for as long as it stands: a word, a colon and a name, such as {@code
 *     peer:busan}
 * @param scope who of the site's gateways tells it
 * @param sentence what is wrong and what to do; its numbers may change from look to look
 * @param finding what a probe found of it
 * @param awaited whether a probe is under way or due that may find something soon
 */
public record Alarm(String id, Scope scope, String sentence, Optional<Finding> finding, boolean awaited) {

    /** Whose alarm it is. */
    public enum Scope {
        /** This gateway's own: no other one knows it. */
        GATEWAY,
        /** The site's: every gateway sees it, the first that lives tells it. */
        SITE
    }

    /** One of this gateway that no probe can say anything about. */
    public static Alarm own(String id, String sentence) {
        return new Alarm(id, Scope.GATEWAY, sentence, Optional.empty(), false);
    }

    /** One that every gateway of the site sees. */
    public static Alarm ofSite(String id, String sentence) {
        return new Alarm(id, Scope.SITE, sentence, Optional.empty(), false);
    }
}
