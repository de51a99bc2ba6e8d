package io.culvert.gateway.checkpoint;

import static io.culvert.gateway.checkpoint.Samples.DEAF;
import static io.culvert.gateway.checkpoint.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.pool.Fence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every checkpoint store promises to one gateway. */
abstract class CheckpointStoreContract {
    private final List<CheckpointStore> opened = new ArrayList<>();

    /** Opens a store on what this test's other stores wrote. */
    abstract CheckpointStore open(String gateway) throws Exception;

    final CheckpointStore store(String gateway) throws Exception {
        CheckpointStore store = open(gateway);
        opened.add(store);
        return store;
    }

    @AfterEach
    void closeStores() {
        opened.reversed().forEach(CheckpointStore::close);
    }

    @Test
    void readsBackWhatWasWritten() throws Exception {
        CheckpointStore store = store("gw1");
        for (Checkpoint checkpoint : List.of(
                running("j1", "a1", 5),
                Samples.waiting("j2", "부산이 대답하지 않습니다"),
                Samples.completed("j3", "a1", Samples.REPLICA),
                Samples.largest("j".repeat(200)))) {
            Ownership ownership = store.claim(checkpoint.job().id(), DEAF);
            StoredCheckpoint written = store.write(ownership, checkpoint);
            assertThat(written.checkpoint()).isEqualTo(checkpoint);
            assertThat(written.fence()).isEqualTo(ownership.fence());
            assertThat(store.read(checkpoint.job().id())).contains(written);
        }
    }

    @Test
    void countsTheCheckpointsOfAJobFromOne() throws Exception {
        CheckpointStore store = store("gw1");
        Ownership ownership = store.claim("j1", DEAF);
        for (long n = 1; n <= 5; n++) {
            assertThat(store.write(ownership, running("j1", "a1", n)).sequence())
                    .isEqualTo(n);
        }
        store.release(ownership);
        Ownership later = store.claim("j1", DEAF);
        assertThat(store.write(later, running("j1", "a2", 6)).sequence()).isEqualTo(6);
    }

    @Test
    void fencesGrowWithEachOwnershipAlsoAfterReopening() throws Exception {
        List<Fence> fences = new ArrayList<>();
        for (int life = 0; life < 3; life++) {
            try (CheckpointStore store = open("gw1")) {
                for (int n = 0; n < 3; n++) {
                    Ownership ownership = store.claim("j1", DEAF);
                    fences.add(ownership.fence());
                    store.write(ownership, running("j1", "a1", n));
                    store.release(ownership);
                }
                fences.add(store.claim("j1", DEAF).fence());
            }
        }
        assertThat(fences).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aSecondClaimNamesTheOwnerAndSinceWhen() throws Exception {
        Instant before = Instant.now();
        CheckpointStore store = store("gw1");
        store.claim("j1", DEAF);
        assertThatThrownBy(() -> store.claim("j1", DEAF)).isInstanceOfSatisfying(OwnedException.class, e -> {
            assertThat(e.owner().gateway()).isEqualTo("gw1");
            assertThat(e.owner().since()).isBetween(before, Instant.now());
            assertThat(e).hasMessageContaining("gw1").hasMessageContaining("j1");
        });
        assertThat(store.owner("j1")).map(Owner::gateway).contains("gw1");
    }

    @Test
    void oneOfManyRacingClaimsWins() throws Exception {
        CheckpointStore store = store("gw1");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> claim = () -> {
                try {
                    store.claim("j1", DEAF);
                    return true;
                } catch (OwnedException | StoreUnavailableException e) {
                    return false;
                }
            };
            int won = 0;
            for (Future<Boolean> outcome : threads.invokeAll(
                    IntStream.range(0, 16).mapToObj(i -> claim).toList())) {
                won += outcome.get() ? 1 : 0;
            }
            assertThat(won).isEqualTo(1);
        }
    }

    @Test
    void nothingIsKnownOfAnUnknownJob() throws Exception {
        CheckpointStore store = store("gw1");
        assertThat(store.read("nobody")).isEmpty();
        assertThat(store.owner("nobody")).isEmpty();
        assertThat(store.list("", 10)).isEqualTo(new CheckpointPage(List.of(), List.of(), ""));
    }

    @Test
    void aReleasedOwnershipWritesAndDeletesNothing() throws Exception {
        CheckpointStore store = store("gw1");
        Ownership former = store.claim("j1", DEAF);
        StoredCheckpoint written = store.write(former, running("j1", "a1", 1));
        store.release(former);
        assertThat(store.owner("j1")).isEmpty();
        store.claim("j1", DEAF);
        assertThatThrownBy(() -> store.write(former, running("j1", "a1", 2))).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> store.delete(former, "a1")).isInstanceOf(FencedException.class);
        store.release(former);
        assertThat(store.read("j1")).contains(written);
        assertThat(store.owner("j1")).isPresent();
    }

    @Test
    void anOwnershipEndsWithItsStore() throws Exception {
        Ownership former;
        StoredCheckpoint written;
        try (CheckpointStore store = open("gw1")) {
            former = store.claim("j1", DEAF);
            written = store.write(former, running("j1", "a1", 1));
        }
        CheckpointStore store = store("gw1");
        assertThat(store.read("j1")).contains(written);
        assertThatThrownBy(() -> store.write(former, running("j1", "a1", 2))).isInstanceOf(FencedException.class);
        Ownership next = store.claim("j1", DEAF);
        assertThatThrownBy(() -> store.write(former, running("j1", "a1", 2))).isInstanceOf(FencedException.class);
        assertThat(store.write(next, running("j1", "a1", 3)).sequence()).isEqualTo(2);
    }

    @Test
    void listsAllJobsByPagesInOrder() throws Exception {
        CheckpointStore store = store("gw1");
        List<String> jobs = Stream.of("a", "a/b", "a0", "ab", "b@c", "b:c", "Z", "z-1", "z_1", "z.1")
                .sorted()
                .toList();
        for (String job : jobs.reversed()) {
            store.write(store.claim(job, DEAF), running(job, "a1", 1));
        }
        List<String> seen = new ArrayList<>();
        CheckpointPage page = store.list("", 3);
        while (true) {
            page.checkpoints()
                    .forEach(stored -> seen.add(stored.checkpoint().job().id()));
            assertThat(page.checkpoints()).hasSizeLessThanOrEqualTo(3);
            if (page.next().isEmpty()) {
                break;
            }
            page = store.list(page.next(), 3);
        }
        assertThat(seen).isEqualTo(jobs);
    }

    @Test
    void deletesOnlyTheOwnAttempt() throws Exception {
        CheckpointStore store = store("gw1");
        Ownership ownership = store.claim("j1", DEAF);
        assertThat(store.delete(ownership, "a1")).isEqualTo(Deletion.ABSENT);
        StoredCheckpoint written = store.write(ownership, running("j1", "a1", 1));
        assertThat(store.delete(ownership, "a2")).isEqualTo(Deletion.NOT_YOURS);
        assertThat(store.read("j1")).contains(written);
        assertThat(store.delete(ownership, "a1")).isEqualTo(Deletion.DELETED);
        assertThat(store.read("j1")).isEmpty();
        assertThat(store.write(ownership, running("j1", "a3", 1)).sequence()).isEqualTo(1);
    }

    @Test
    void aBatchWritesWhatIsOwnedAndFencesTheRest() throws Exception {
        CheckpointStore store = store("gw1");
        List<CheckpointWrite> writes = new ArrayList<>();
        for (int i = 0; i < CheckpointStore.MAX_BATCH; i++) {
            String job = "job-" + i;
            Ownership ownership = store.claim(job, DEAF);
            if (i % 7 == 3) {
                store.release(ownership);
            }
            writes.add(new CheckpointWrite(ownership, Samples.largest(job)));
        }
        List<WriteOutcome> outcomes = store.writeAll(writes);
        for (int i = 0; i < writes.size(); i++) {
            boolean owned = i % 7 != 3;
            assertThat(outcomes.get(i)).isInstanceOf(owned ? WriteOutcome.Written.class : WriteOutcome.Fenced.class);
            assertThat(store.read("job-" + i).isPresent()).isEqualTo(owned);
        }
    }

    @Test
    void remembersHowJobsEndedTheLastOneFirstAlsoAfterReopening() throws Exception {
        EndedJob owned;
        EndedJob largest;
        EndedJob unowned = Samples.ended("r3", "j3", null);
        try (CheckpointStore store = open("gw1")) {
            assertThat(store.ended()).isEqualTo(new EndedJobs(List.of(), List.of()));
            Ownership one = store.claim("j1", DEAF);
            Ownership two = store.claim("j".repeat(200), DEAF);
            owned = Samples.ended("r1", "j1", one.fence());
            largest = Samples.largestEnded("j".repeat(200));
            store.noteEnd(one, owned);
            store.noteEnd(two, largest);
            store.noteEnd(unowned);
            assertThat(store.ended().jobs()).containsExactly(unowned, largest, owned);
        }
        assertThat(store("gw1").ended()).isEqualTo(new EndedJobs(List.of(unowned, largest, owned), List.of()));
    }

    @Test
    void remembersTheLastEndedJobsOnlyWhateverTheirClocksSaid() throws Exception {
        int more = CheckpointStore.MAX_ENDED + 7;
        List<String> runs = new ArrayList<>();
        try (CheckpointStore store = open("gw1")) {
            Ownership ownership = store.claim("j1", DEAF);
            for (int i = 0; i < more; i++) {
                String run = "r" + (1000 - i);
                store.noteEnd(ownership, Samples.ended(run, "j1", ownership.fence()));
                runs.addFirst(run);
            }
        }
        List<String> last = runs.subList(0, CheckpointStore.MAX_ENDED);
        CheckpointStore store = store("gw1");
        assertThat(store.ended().jobs()).extracting(EndedJob::id).containsExactlyElementsOf(last);
        store.noteEnd(Samples.ended("r0", "j2", null));
        assertThat(store.ended().jobs())
                .hasSize(CheckpointStore.MAX_ENDED)
                .extracting(EndedJob::id)
                .startsWith("r0", last.getFirst())
                .doesNotContain(last.getLast());
    }

    @Test
    void anEndThatIsNotedAgainKeepsItsPlaceAndForgetsNoOther() throws Exception {
        List<String> runs = new ArrayList<>();
        CheckpointStore store = store("gw1");
        Ownership ownership = store.claim("j1", DEAF);
        for (int i = 0; i < CheckpointStore.MAX_ENDED; i++) {
            store.noteEnd(ownership, Samples.ended("r" + i, "j1", ownership.fence()));
            runs.addFirst("r" + i);
        }
        for (String run : runs.reversed()) {
            store.noteEnd(ownership, Samples.ended(run, "j1", ownership.fence()));
        }
        assertThat(store.ended().jobs()).extracting(EndedJob::id).containsExactlyElementsOf(runs);
    }

    @Test
    void theEndOfAJobIsNotedUnderItsOwnershipOnly() throws Exception {
        CheckpointStore store = store("gw1");
        Ownership former = store.claim("j1", DEAF);
        store.release(former);
        assertThatThrownBy(() -> store.noteEnd(former, Samples.ended("r1", "j1", former.fence())))
                .isInstanceOf(FencedException.class);
        Ownership present = store.claim("j1", DEAF);
        assertThatThrownBy(() -> store.noteEnd(former, Samples.ended("r1", "j1", former.fence())))
                .isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> store.noteEnd(present, Samples.ended("r2", "j2", present.fence())))
                .hasMessageContaining("cannot note the end of job j2");
        assertThat(store.ended().jobs()).isEmpty();
    }

    @Test
    void theEndOfWhatNobodyOwnsIsNotedOnce() throws Exception {
        CheckpointStore store = store("gw1");
        EndedJob first = Samples.ended("r1", "j1", null);
        store.noteEnd(first);
        store.noteEnd(new EndedJob("r1", "ingest", first.last(), null, null, true));
        assertThat(store.ended().jobs()).containsExactly(first);
    }

    @Test
    void boundsAreChecked() throws Exception {
        CheckpointStore store = store("gw1");
        Ownership ownership = store.claim("j1", DEAF);
        var write = new CheckpointWrite(ownership, running("j1", "a1", 1));
        assertThatThrownBy(() -> store.writeAll(List.of(write, write))).hasMessageContaining("twice: j1");
        assertThatThrownBy(() -> store.writeAll(List.of())).hasMessageContaining("1 to 64");
        assertThatThrownBy(() -> store.list("", 257)).hasMessageContaining("1 to 256");
        assertThatThrownBy(() -> store.claim("a b", DEAF)).hasMessageContaining("\"a b\"");
        assertThatThrownBy(() -> new CheckpointWrite(ownership, running("j2", "a1", 1)))
                .hasMessageContaining("j2");
    }

    @Test
    void saysHowItIs() throws Exception {
        CheckpointStore store = store("gw1");
        store.claim("j1", DEAF);
        assertThat(store.isLive()).isTrue();
        assertThat(store.state().sentence()).startsWith("checkpoints are kept in ");
        store.close();
        assertThat(store.state().health()).isEqualTo(StoreState.Health.CLOSED);
        assertThatThrownBy(() -> store.claim("j2", DEAF)).isInstanceOf(StoreUnavailableException.class);
        store.close();
    }
}
