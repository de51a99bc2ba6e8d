package io.culvert.siteconfig.rules;

import java.util.List;

/** What rules need is not known: something has to be stated, or a name does not resolve. */
public final class RulesException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean unstated;

    RulesException(List<String> sentences, boolean unstated) {
        super(String.join("\n", sentences));
        this.unstated = unstated;
    }

    /** Whether the site file or the command line has to say something; else a name did not resolve. */
    public boolean isUnstated() {
        return unstated;
    }
}
