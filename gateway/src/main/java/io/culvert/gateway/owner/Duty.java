package io.culvert.gateway.owner;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a gateway does with a thing for as long as it owns it. For one thing, calls come one at a time. */
public interface Duty {

    /**
     * Begins; of a thing that is taken already, goes on under this claim.
     *
     * @param claim the ownership; null if the gateway is alone
     * @throws IOException if it cannot; the thing is given up, and somebody else may try
     */
    void take(Thing thing, Book.@Nullable Claim claim) throws IOException;

    /** Ends; of a thing that is not taken, does nothing. Nothing of it may be written any more when it returns. */
    void leave(Thing thing, String why);
}
