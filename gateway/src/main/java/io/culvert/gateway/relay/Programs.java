package io.culvert.gateway.relay;

import io.culvert.gateway.relay.portmap.Binding;
import java.time.Instant;
import java.util.List;

/**
 * What is known at a virtual address of the RPC programs of its appliance.
 *
 * <pre>
 *   Awaited ──asked──► Learned ◄──asked──┐
 *                         └──no answer──► Kept
 * </pre>
 */
public sealed interface Programs {

    /** What is known when there is no answer, and why there is none. */
    default Programs unanswered(String why) {
        return switch (this) {
            case Fixed fixed -> fixed;
            case Awaited awaited -> new Awaited(why);
            case Learned learned -> new Kept(learned.bindings(), learned.at(), why);
            case Kept kept -> new Kept(kept.bindings(), kept.at(), why);
        };
    }

    /** Those of the site file count: it says so, or the appliance has no portmapper here. */
    record Fixed() implements Programs {}

    /** Nothing was learned so far, and why; those of the site file count. */
    record Awaited(String why) implements Programs {}

    /** What the far portmapper said when it was asked last. */
    record Learned(List<Binding> bindings, Instant at) implements Programs {
        public Learned {
            bindings = List.copyOf(bindings);
        }
    }

    /** What it said before, because it was not heard of since; and why. */
    record Kept(List<Binding> bindings, Instant at, String why) implements Programs {
        public Kept {
            bindings = List.copyOf(bindings);
        }
    }
}
