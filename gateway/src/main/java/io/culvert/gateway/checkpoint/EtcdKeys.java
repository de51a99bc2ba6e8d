package io.culvert.gateway.checkpoint;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * Where things are in etcd, under the site's prefix.
 *
 * <pre>
 *   PREFIX/site              whose prefix this is, and the epoch ({@link EtcdSite})
 *   PREFIX/owner/JOB         who owns the job, bound to the owner's lease ({@link EtcdOwner})
 *   PREFIX/checkpoint/JOB    the job's checkpoint ({@link CheckpointCodec})
 *   PREFIX/owner/+KIND/NAME  who owns a thing that is no job, such as a pool
 *   PREFIX/gateway/NUMBER    what a gateway shows of itself ({@link GatewayRecord})
 *   PREFIX/live/NUMBER       which process is that gateway, bound to its lease
 *   PREFIX/note/NAME         what gateways tell each other beside
 *   PREFIX/ended/RUN         how a run of a job ended ({@link EndedCodec}); the last few made
 * </pre>
 */
record EtcdKeys(String prefix) {
    /** What stays, by the name of its kind; a migration moves it. */
    static final List<String> KEPT = List.of("checkpoint", "ended", "gateway", "note");

    /** What is bound to leases, and ends with them. */
    static final List<String> FLEETING = List.of("owner", "live");

    /** The first of all keys of a kind. */
    ByteString kind(String name) {
        return ByteString.copyFromUtf8(prefix + "/" + name + "/");
    }

    /** The first key after those of a kind. */
    ByteString kindEnd(String name) {
        return ByteString.copyFromUtf8(prefix + "/" + name + "0");
    }

    /** The first of all keys. */
    ByteString all() {
        return ByteString.copyFromUtf8(prefix + "/");
    }

    /** The first key after all. */
    ByteString allEnd() {
        return ByteString.copyFromUtf8(prefix + "0");
    }

    /** What a name of all keys that {@link #nameIn} gave is the key of. */
    ByteString named(String name) {
        return ByteString.copyFromUtf8(prefix + "/" + name);
    }

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

    /** The first key after the owners of all things: ',' follows '+'. */
    ByteString thingsEnd() {
        return owner(",");
    }

    ByteString gateways() {
        return ByteString.copyFromUtf8(prefix + "/gateway/");
    }

    ByteString gatewaysEnd() {
        return ByteString.copyFromUtf8(prefix + "/gateway0");
    }

    ByteString gateway(int number) {
        return gateways().concat(ByteString.copyFromUtf8(Integer.toString(number)));
    }

    ByteString lives() {
        return ByteString.copyFromUtf8(prefix + "/live/");
    }

    ByteString livesEnd() {
        return ByteString.copyFromUtf8(prefix + "/live0");
    }

    ByteString live(int number) {
        return lives().concat(ByteString.copyFromUtf8(Integer.toString(number)));
    }

    ByteString note(String name) {
        return ByteString.copyFromUtf8(prefix + "/note/" + name);
    }

    /** The first key after all notes whose names begin so: with '/', after which comes '0'. */
    ByteString noteEnd(String kind) {
        return ByteString.copyFromUtf8(prefix + "/note/" + kind.substring(0, kind.length() - 1) + "0");
    }

    /** What comes behind the beginning that all keys of a kind have. */
    String nameIn(ByteString kind, ByteString key) {
        return key.substring(kind.size()).toStringUtf8();
    }
}
