package io.culvert.gateway.checkpoint;

/** Where a job stands. A reason is one sentence for people; a longer one than {@link #MAX_REASON_BYTES} is cut. */
public sealed interface JobState {
    int MAX_REASON_BYTES = 1200;

    /** Bytes move, or are about to. */
    record Running() implements JobState {}

    /** The job goes on by itself once what the reason names has passed. */
    record Waiting(String reason) implements JobState {
        public Waiting {
            reason = Names.cut(reason, MAX_REASON_BYTES);
        }
    }

    /** The attempt ended without a snapshot. */
    record Failed(String reason) implements JobState {
        public Failed {
            reason = Names.cut(reason, MAX_REASON_BYTES);
        }
    }

    /** A person ended the attempt. */
    record Cancelled() implements JobState {}

    /** The snapshot is complete at the peer. */
    record Done() implements JobState {}
}
