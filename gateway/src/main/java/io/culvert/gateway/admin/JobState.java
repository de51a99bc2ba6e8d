package io.culvert.gateway.admin;

/** Where a job stands. Legal: any of the first five to any other; the last three are final. */
public enum JobState {
    /** Another job goes first. */
    QUEUED(false),
    /** It goes on by itself once what {@link JobView#waitingFor} names has passed. */
    WAITING(false),
    SCANNING(false),
    SENDING(false),
    /** All is sent; the receiver checks and publishes. */
    COMMITTING(false),
    DONE(true),
    FAILED(true),
    CANCELLED(true);

    private final boolean ended;

    JobState(boolean ended) {
        this.ended = ended;
    }

    /** Whether nothing will change any more. */
    public boolean hasEnded() {
        return ended;
    }
}
