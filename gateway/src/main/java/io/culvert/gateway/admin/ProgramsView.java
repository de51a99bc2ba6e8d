package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The RPC programs of an appliance, as its portmapper here names them, or the real one did.
 *
 * @param source where they are from
 * @param learned when the appliance's portmapper said so
 * @param reason one sentence if they are not what it says now, though they should be; else empty
 */
public record ProgramsView(Source source, Optional<Instant> learned, String reason, List<Program> programs) {
    public ProgramsView {
        programs = List.copyOf(programs);
    }

    /** Where programs are from. */
    public enum Source {
        /** The site file: it says so, or there is no portmapper. */
        FIXED,
        /** The site file: the portmapper was not heard of so far. */
        AWAITED,
        /** The portmapper, when it was asked last. */
        LEARNED,
        /** The portmapper, when it was heard of last; it does not answer now. */
        KEPT
    }

    /**
     * A program.
     *
     * @param netid tcp or udp
     */
    public record Program(long program, long version, String netid, int port) {}
}
