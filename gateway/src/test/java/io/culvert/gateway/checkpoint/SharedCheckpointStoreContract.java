package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What a checkpoint store promises beyond that when several gateways share it. */
abstract class SharedCheckpointStoreContract extends CheckpointStoreContract {
    /** Ends the ownership of a job as the end of a lease does. */
    abstract void expire(String jobId) throws Exception;

    /** Returns the stored bytes of a job's checkpoint. */
    abstract byte[] raw(String jobId) throws Exception;

    /** Puts bytes in the place of a job's checkpoint, as a person with the store's own tool would. */
    abstract void putRaw(String jobId, byte[] sealed) throws Exception;

    @Test
    void anotherGatewayIsToldWhoOwns() throws Exception {
        CheckpointStore first = store("gw1");
        CheckpointStore second = store("gw2");
        Ownership ownership = first.claim("j1", DEAF);
        assertThatThrownBy(() -> second.claim("j1", DEAF))
                .isInstanceOfSatisfying(
                        OwnedException.class, e -> assertThat(e.owner()).isEqualTo(ownership.owner()));
        assertThat(second.owner("j1")).contains(ownership.owner());
    }

    @Test
    void whatIsReleasedOrClosedIsFreeAtOnce() throws Exception {
        CheckpointStore first = store("gw1");
        CheckpointStore second = store("gw2");
        Ownership one = first.claim("j1", DEAF);
        Ownership two = first.claim("j2", DEAF);
        first.release(one);
        assertThat(second.claim("j1", DEAF).fence()).isGreaterThan(one.fence());
        first.close();
        assertThat(second.claim("j2", DEAF).fence()).isGreaterThan(two.fence());
    }

    @Test
    void aFormerOwnerWritesNothingAndIsToldOnce() throws Exception {
        CheckpointStore first = store("gw1");
        CheckpointStore second = store("gw2");
        List<String> losses = new ArrayList<>();
        Ownership former = first.claim("j1", (ownership, reason) -> losses.add(ownership.jobId() + ": " + reason));
        first.write(former, running("j1", "a1", 1));
        expire("j1");
        Ownership present = second.claim("j1", DEAF);
        StoredCheckpoint written = second.write(present, running("j1", "a2", 2));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> first.write(former, running("j1", "a1", 3)))
                    .isInstanceOf(FencedException.class)
                    .hasMessageContaining(former.fence().toString());
        }
        assertThat(losses).singleElement().asString().startsWith("j1: ").contains("gw2");
        first.release(former);
        assertThat(second.read("j1")).contains(written);
        assertThat(second.owner("j1")).contains(present.owner());
        assertThat(second.write(present, running("j1", "a2", 4)).sequence()).isEqualTo(3);
    }

    @Test
    void aFormerOwnerDeletesNothingAlsoOfItsOwnAttempt() throws Exception {
        CheckpointStore first = store("gw1");
        List<String> losses = new ArrayList<>();
        Ownership former = first.claim("j1", (ownership, reason) -> losses.add(reason));
        StoredCheckpoint written = first.write(former, running("j1", "a1", 1));
        expire("j1");
        assertThatThrownBy(() -> first.delete(former, "a1")).isInstanceOf(FencedException.class);
        assertThat(losses).containsExactly("its lease in etcd ended".replace(" in etcd", leaseWords()));
        assertThat(first.read("j1")).contains(written);
    }

    @Test
    void aFormerOwnerNotesNoEndAndIsTold() throws Exception {
        CheckpointStore first = store("gw1");
        CheckpointStore second = store("gw2");
        List<String> losses = new ArrayList<>();
        Ownership former = first.claim("j1", (ownership, reason) -> losses.add(reason));
        expire("j1");
        Ownership present = second.claim("j1", DEAF);
        assertThatThrownBy(() -> first.noteEnd(former, Samples.ended("r1", "j1", former.fence())))
                .isInstanceOf(FencedException.class);
        assertThat(losses).singleElement().asString().contains("gw2");
        EndedJob ended = Samples.ended("r1", "j1", present.fence());
        second.noteEnd(present, ended);
        assertThat(first.ended().jobs()).containsExactly(ended);
    }

    /** How this store says where the lease was. */
    String leaseWords() {
        return "";
    }

    @Test
    void oneLostOwnershipDoesNotKeepABatchFromBeingWritten() throws Exception {
        CheckpointStore first = store("gw1");
        List<CheckpointWrite> writes = new ArrayList<>();
        for (String job : List.of("j1", "j2", "j3")) {
            writes.add(new CheckpointWrite(first.claim(job, DEAF), running(job, "a1", 1)));
        }
        expire("j2");
        assertThat(first.writeAll(writes))
                .extracting(Object::getClass)
                .extracting(Class::getSimpleName)
                .containsExactly("Written", "Fenced", "Written");
        assertThat(first.read("j2")).isEmpty();
        assertThat(first.read("j3")).isPresent();
    }

    @Test
    void aDamagedValueIsNamedAndReplacedByTheNextOwner() throws Exception {
        CheckpointStore store = store("gw1");
        Ownership former = store.claim("j1", DEAF);
        store.write(former, running("j1", "a1", 1));
        byte[] whole = raw("j1");
        for (int bit = 0; bit < whole.length * 8; bit += 97) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            putRaw("j1", flipped);
            assertThatThrownBy(() -> store.read("j1"))
                    .isInstanceOf(CorruptCheckpointException.class)
                    .hasMessageContaining("j1");
        }
        assertThat(store.list("", 10).damaged()).singleElement().asString().contains("j1");
        assertThatThrownBy(() -> store.write(former, running("j1", "a1", 2)))
                .isInstanceOf(FencedException.class)
                .hasMessageContaining("changed by someone else");
        expire("j1");
        Ownership next = store.claim("j1", DEAF);
        StoredCheckpoint healed = store.write(next, running("j1", "a2", 3));
        assertThat(store.read("j1")).contains(healed);
    }

    @Test
    void anOlderValueThatWasPutBackIsNotBelieved() throws Exception {
        CheckpointStore store = store("gw1");
        Ownership ownership = store.claim("j1", DEAF);
        store.write(ownership, running("j1", "a1", 1));
        byte[] older = raw("j1");
        store.write(ownership, running("j1", "a1", 2));
        putRaw("j1", older);
        assertThatThrownBy(() -> store.read("j1"))
                .isInstanceOf(CorruptCheckpointException.class)
                .hasMessageContaining("put back");
    }

    @Test
    void aCheckpointInAnotherJobsPlaceIsNotBelieved() throws Exception {
        CheckpointStore store = store("gw1");
        store.write(store.claim("j1", DEAF), running("j1", "a1", 1));
        putRaw("j2", raw("j1"));
        assertThatThrownBy(() -> store.read("j2"))
                .isInstanceOf(CorruptCheckpointException.class)
                .hasMessageContaining("the one of job j1");
    }

    @Test
    void racingGatewaysNeverBothOwn() throws Exception {
        List<CheckpointStore> stores = List.of(store("gw1"), store("gw2"), store("gw3"));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int job = 0; job < 20; job++) {
                String id = "j" + job;
                List<Callable<Boolean>> claims = new ArrayList<>();
                for (CheckpointStore store : stores) {
                    claims.add(() -> {
                        try {
                            store.claim(id, DEAF);
                            return true;
                        } catch (OwnedException e) {
                            return false;
                        }
                    });
                }
                int won = 0;
                for (Future<Boolean> outcome : threads.invokeAll(claims)) {
                    won += outcome.get() ? 1 : 0;
                }
                assertThat(won).as(id).isEqualTo(1);
            }
        }
    }
}
