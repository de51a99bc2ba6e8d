package io.culvert.gateway.alert;

import java.util.Optional;

/**
 * Something that is wrong now, as the gateway sees it at one look. Its sentence is one line without control characters: it may hold words of
 * peers and of strangers.
 *
 * @param id what it is about, the same at every look for as long as it stands: a word, a colon and a name, such as {@code
 *     peer:busan}
 * @param cause what kind of wrong, a word; another one is worth another message. Empty where there is one only
 * @param scope who of the site's gateways tells it
 * @param sentence what is wrong and what to do; its numbers may change from look to look
 * @param finding what a probe found of it
 * @param awaited whether a probe is under way or due that may find something soon
 */
public record Alarm(String id, String cause, Scope scope, String sentence, Optional<Finding> finding, boolean awaited) {

    /** Cleans the sentence. */
    public Alarm {
        sentence = AlertText.line(sentence);
    }

    /** Whose alarm it is. */
    public enum Scope {
        /** This gateway's own: no other one knows it. */
        GATEWAY,
        /** The site's: every gateway sees it, the first that lives tells it. */
        SITE
    }

    /** One of this gateway that no probe can say anything about. */
    public static Alarm own(String id, String cause, String sentence) {
        return new Alarm(id, cause, Scope.GATEWAY, sentence, Optional.empty(), false);
    }

    /** One that every gateway of the site sees. */
    public static Alarm ofSite(String id, String cause, String sentence) {
        return new Alarm(id, cause, Scope.SITE, sentence, Optional.empty(), false);
    }

    /** What is worth a message of its own: the cause, and the verdict if there is one. */
    String matter() {
        return cause + finding.map(found -> "/" + found.verdict()).orElse("");
    }
}
