package io.culvert.gateway.identity;

import java.time.Instant;

/** How it stands with this gateway's own certificate. */
public sealed interface LeafStatus {
    /** One sentence for people. */
    String sentence();

    /** It is valid, and renewed in time. */
    record Valid(Instant until) implements LeafStatus {
        @Override
        public String sentence() {
            return "this gateway's certificate is valid until " + until;
        }
    }

    /** It is valid, but its renewal failed and is tried again each minute. */
    record Overdue(Instant until, String why) implements LeafStatus {
        @Override
        public String sentence() {
            return "this gateway's certificate ends at " + until + " and could not be renewed: " + why;
        }
    }

    /** It is not valid now: every new connection will be refused by the peers. */
    record Ended(Instant from, Instant until, String why) implements LeafStatus {
        @Override
        public String sentence() {
            return "this gateway's certificate is valid from " + from + " until " + until
                    + " only, so peers refuse new connections; it could not be renewed: " + why;
        }
    }
}
