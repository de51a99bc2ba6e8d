package io.culvert.gateway.checkpoint;

import com.google.protobuf.ByteString;

/**
 * Where things are in etcd, under the site's prefix.
 *
 * <pre>
 *   PREFIX/site              whose prefix this is, and the epoch ({@link EtcdSite})
 *   PREFIX/owner/JOB         who owns the job, bound to the owner's lease ({@link EtcdOwner})
 *   PREFIX/checkpoint/JOB    the job's checkpoint ({@link CheckpointCodec})
 *   PREFIX/ended/RUN         how a run of a job ended ({@link EndedCodec}); the last few made
 * </pre>
 */
record EtcdKeys(String prefix) {
    ByteString site() {
        return ByteString.copyFromUtf8(prefix + "/site");
    }

    ByteString owner(String jobId) {
        return ByteString.copyFromUtf8(prefix + "/owner/" + jobId);
    }

    ByteString checkpoint(String jobId) {
        return ByteString.copyFromUtf8(prefix + "/checkpoint/" + jobId);
    }

    String jobOfCheckpoint(ByteString key) {
        return key.toStringUtf8().substring((prefix + "/checkpoint/").length());
    }

    /** The first key after this job's checkpoint. */
    ByteString checkpointsAfter(String jobId) {
        return checkpoint(jobId).concat(ByteString.copyFrom(new byte[1]));
    }

    ByteString ended(String run) {
        return ByteString.copyFromUtf8(prefix + "/ended/" + run);
    }

    String runOfEnded(ByteString key) {
        return key.toStringUtf8().substring((prefix + "/ended/").length());
    }

    /** The first key after all ended jobs. */
    ByteString endedEnd() {
        return ByteString.copyFromUtf8(prefix + "/ended0");
    }

    /** The first key after all checkpoints: '0' follows '/'. */
    ByteString checkpointsEnd() {
        return ByteString.copyFromUtf8(prefix + "/checkpoint0");
    }
}
