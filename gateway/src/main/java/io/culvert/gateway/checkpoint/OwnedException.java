package io.culvert.gateway.checkpoint;

import java.io.IOException;

/** The job has an owner already. */
public final class OwnedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Owner owner;

    OwnedException(String jobId, Owner owner) {
        super("job " + jobId + " is owned by gateway " + owner.gateway() + " since " + owner.since());
        this.owner = owner;
    }

    public Owner owner() {
        return owner;
    }
}
