package io.culvert.dedupe.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A disk under a guard is a disk, as long as the guard lets it. */
final class OwnedDiskTest extends DiskContract {

    private static final Path ROOT = Path.of("/owned");
    private final FaultDisk disk = new FaultDisk();
    private final Lease lease = new Lease();
    private final OwnerGuard guard =
            new OwnerGuard(new PoolOwnership("gateway-a", new Fence(1, 17), lease), "pool main");
    private final OwnedDisk owned = new OwnedDisk(disk, guard);

    OwnedDiskTest() {
        disk.createDirectories(ROOT);
    }

    @Override
    Disk disk() {
        return owned;
    }

    @Override
    Path root() {
        return ROOT;
    }

    @Test
    void changesNothingOnceTheLeaseIsLostAndGoesOnReading() throws IOException {
        Path a = ROOT.resolve("a");
        try (DiskFile file = owned.create(a)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 0);
            lease.lose("not renewed for 15 s");
            long before = disk.changes();
            for (ThrowingCallable change : List.<ThrowingCallable>of(
                    () -> file.write(ByteBuffer.wrap(new byte[1]), 3),
                    () -> file.truncate(1),
                    file::force,
                    () -> owned.create(ROOT.resolve("b")),
                    () -> owned.createDirectories(ROOT.resolve("c")),
                    () -> owned.rename(a, ROOT.resolve("d")),
                    () -> owned.delete(a),
                    () -> owned.forceDirectory(ROOT))) {
                assertThatThrownBy(change)
                        .isInstanceOf(NotOwnerException.class)
                        .hasMessage("gateway-a (fence 1.17) may not write to pool main: not renewed for 15 s");
            }
            assertThat(disk.changes()).isEqualTo(before);
            assertThat(owned.list(ROOT)).containsExactly("a");
            assertThat(file.read(ByteBuffer.allocate(9), 0)).isEqualTo(3);
        }
    }

    @Test
    void neverWritesAgainAfterOneRefusal() throws IOException {
        lease.lose("expired");
        assertThatIOException().isThrownBy(() -> owned.create(ROOT.resolve("a")));
        lease.renew();
        assertThatIOException()
                .isThrownBy(() -> owned.create(ROOT.resolve("a")))
                .withMessageContaining("expired");
    }

    @Test
    void believesAnFsyncOnlyIfTheLeaseIsLiveAfterIt() throws IOException {
        try (DiskFile file = owned.create(ROOT.resolve("a"))) {
            disk.failForceOf(path -> {
                lease.lose("expired meanwhile");
                return false;
            });
            assertThatIOException().isThrownBy(file::force).withMessageContaining("expired meanwhile");
        }
    }

    @Test
    void endsWhenTheChangesUnderWayAreDone() throws IOException, InterruptedException {
        DiskFile file = owned.create(ROOT.resolve("a"));
        CountDownLatch forcing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        disk.failForceOf(path -> {
            forcing.countDown();
            return await(goOn);
        });
        Thread session = Thread.ofPlatform().start(() -> assertThatNoFailure(file));
        forcing.await();
        Thread closing = Thread.ofPlatform().start(() -> end(ROOT.resolve("closed")));
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThatIOException()
                .isThrownBy(() -> owned.create(ROOT.resolve("b")))
                .withMessage("pool main is closed");
        goOn.countDown();
        session.join();
        closing.join();
        assertThat(disk.list(ROOT)).containsExactly("a", "closed");
        assertThatIOException().isThrownBy(file::force).withMessage("pool main is closed");
    }

    private void end(Path last) {
        try {
            guard.end(() -> {
                owned.create(last).close();
                return true;
            });
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return false;
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static void assertThatNoFailure(DiskFile file) {
        try {
            file.force();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
