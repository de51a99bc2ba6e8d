package io.culvert.gateway.checkpoint;

/** One checkpoint to write under one ownership of the same job. */
public record CheckpointWrite(Ownership ownership, Checkpoint checkpoint) {
    public CheckpointWrite {
        if (!ownership.jobId().equals(checkpoint.job().id())) {
            throw new IllegalArgumentException("an ownership of job " + ownership.jobId()
                    + " cannot write a checkpoint of job " + checkpoint.job().id());
        }
    }

    String jobId() {
        return ownership.jobId();
    }
}
