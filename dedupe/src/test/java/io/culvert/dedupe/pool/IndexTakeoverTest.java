package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.dedupe.chunk.Fingerprint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/**
 * The owner of an index is frozen at each change of a write-out and a merge in turn; the next one merges as well, and before
 * each of its steps in turn what the former one had on its way arrives.
 */
final class IndexTakeoverTest {

    private static final Path ROOT = Path.of("/index");
    private static final int OLD_RUNS = 5;
    /** More than the next owner takes. */
    private static final int STEPS = 80;

    @Test
    void losesNoRunToAFormerOwnerThatWasMerging() throws IOException {
        int froze = 0;
        for (int change = 1; new Takeover(change, STEPS).run(); change++) {
            froze++;
            for (int step = change % 3; step < STEPS; step += 3) {
                assertThat(new Takeover(change, step).run()).isTrue();
            }
        }
        assertThat(froze).isGreaterThan(20);
    }

    @Test
    void readsACheckpointWithTheShorterNumbersOfVersionOne() throws IOException {
        byte[] old = HexFormat.of()
                .parseHex("43554c564355525200000001" + "00000009" + "0000000000001267" + "00000002" + "00000003"
                        + "00000008" + "00000001" + "00000001" + "00000fff");
        ByteBuffer bytes = ByteBuffer.allocate(old.length + 4).put(old);
        bytes.putInt(RecordHeader.crc(bytes, 0, old.length));
        Checkpoint read = Checkpoint.decode(bytes.flip());
        assertThat(read.nextRun()).isEqualTo(9);
        assertThat(read.rawBytes()).isEqualTo(0x1267);
        assertThat(read.runs()).containsExactly(3L, 8L);
        assertThat(read.covered()).containsOnlyKeys(1).containsValue(0xfff);
        assertThat(Checkpoint.decode(read.encode())).isEqualTo(read);
    }

    private static Fingerprint key(int number) {
        return new Fingerprint(number * 0x9E37_79B9_7F4A_7C15L, number, 0, 0);
    }

    /** Entry n is in container n, at its beginning. */
    private static void writeRun(ChunkIndex index, int number) throws IOException {
        index.insert(key(number), new Place(number, 0, 0, 1));
        index.writeOut(new TreeMap<>());
    }

    private static final class Takeover implements FreezingDisk.Freezer {
        private final FaultDisk disk = new FaultDisk();
        private final Lease lease = new Lease();
        private final int change;
        private int stepsLeft;
        private Runnable late = () -> {};
        private boolean frozen;

        Takeover(int change, int stepsOfNext) {
            this.change = change;
            this.stepsLeft = stepsOfNext;
            disk.createDirectories(ROOT);
        }

        private ChunkIndex open(Disk view, long tenure) throws IOException {
            AtomicFile files =
                    new AtomicFile(view, new Reserve(view, ROOT.resolveSibling("reserve"), 16), ".1-" + tenure);
            files.sweep(ROOT);
            IndexFiles index = new IndexFiles(view, files, ROOT, tenure << Integer.SIZE);
            Checkpoint checkpoint = index.hasCheckpoint() ? index.read() : Checkpoint.empty();
            ChunkIndex opened = new ChunkIndex(
                    index, new Quarantine(files, ROOT.resolve("damaged")), checkpoint, index.open(checkpoint));
            index.sweep(checkpoint);
            return opened;
        }

        /** False if the change was never come to. */
        boolean run() throws IOException {
            try (ChunkIndex old = open(disk, 1)) {
                for (int number = 1; number <= OLD_RUNS; number++) {
                    writeRun(old, number);
                }
            }
            FreezingDisk view = new FreezingDisk(disk, change, this, () -> {});
            OwnerGuard guard = new OwnerGuard(new PoolOwnership("gateway-a", new Fence(1, 2), lease), "pool main");
            try (ChunkIndex former = open(new OwnedDisk(view, guard), 2)) {
                writeRun(former, 100);
                former.mergeDue();
                writeRun(former, 101);
            } catch (IOException refused) {
                assertThat(refused).isInstanceOf(NotOwnerException.class);
            }
            try (ChunkIndex last = open(disk, 4)) {
                for (int number = 1; number <= OLD_RUNS; number++) {
                    assertThat(last.find(key(number))).isEqualTo(new Place(number, 0, 0, 1));
                }
                if (frozen) {
                    assertThat(last.find(key(200))).isEqualTo(new Place(200, 0, 0, 1));
                    assertThat(last.find(key(201))).isEqualTo(new Place(201, 0, 0, 1));
                }
            }
            return frozen;
        }

        private void step() {
            if (stepsLeft-- == 0) {
                late.run();
            }
        }

        @Override
        public <T> T freeze(FreezingDisk.Change<T> change) throws IOException {
            frozen = true;
            lease.lose("it was frozen");
            FutureTask<T> arriving = new FutureTask<>(change::make);
            late = arriving;
            FreezingDisk view = new FreezingDisk(disk, -1, this, this::step);
            try (ChunkIndex next = open(view, 3)) {
                writeRun(next, 200);
                next.mergeDue();
                writeRun(next, 201);
            }
            arriving.run();
            try {
                return arriving.get();
            } catch (ExecutionException failed) {
                throw new IOException(failed.getCause());
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
    }
}
