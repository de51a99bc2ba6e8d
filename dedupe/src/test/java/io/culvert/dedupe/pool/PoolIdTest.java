package io.culvert.dedupe.pool;

import static io.culvert.dedupe.pool.PoolFixture.CLOCK;
import static io.culvert.dedupe.pool.PoolFixture.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PoolIdTest {

    private static final UUID EXPECTED = new UUID(1, 2);
    private static final PoolOpening ANY = PoolOpening.of(PoolFixture.settings(0), CLOCK);
    private final FaultDisk disk = new FaultDisk();

    private Pool open(PoolOpening opening) throws IOException {
        return Pool.open(opening, disk, Runnable::run);
    }

    @Test
    void isMadeWithThePoolAndStays() throws IOException {
        UUID id;
        try (Pool pool = open(ANY)) {
            id = pool.id();
        }
        disk.cutPower(new Random(1));
        try (Pool pool = open(ANY.expecting(id))) {
            assertThat(pool.id()).isEqualTo(id);
        }
        FaultDisk other = new FaultDisk();
        try (Pool pool = Pool.open(ANY, other, Runnable::run)) {
            assertThat(pool.id()).isNotEqualTo(id);
        }
    }

    @Test
    void isGivenToAnOldPoolAtItsNextOpening() throws IOException {
        open(ANY).close();
        disk.delete(ROOT.resolve("id"));
        assertThatIOException()
                .isThrownBy(() -> open(ANY.expecting(EXPECTED)))
                .withMessageContaining("but one without an id");
        UUID id;
        try (Pool pool = open(ANY)) {
            id = pool.id();
        }
        open(ANY.expecting(id)).close();
    }

    @Test
    void refusesAnotherPoolAndChangesNothing() throws IOException {
        UUID there;
        try (Pool pool = open(ANY)) {
            there = pool.id();
        }
        long before = disk.changes();
        PoolOpening wrong = ANY.expecting(EXPECTED);
        for (PoolOpening opening :
                List.of(wrong, wrong.under(new PoolOwnership("gateway-b", new Fence(1, 1), new Lease())))) {
            assertThatIOException()
                    .isThrownBy(() -> open(opening))
                    .withMessage("/pool does not hold pool main with the id " + EXPECTED
                            + ", but another one with the id " + there);
        }
        assertThat(disk.changes()).isEqualTo(before);
        open(ANY.expecting(there)).close();
    }

    @Test
    void makesNoPoolWhereOneIsExpected(@TempDir Path directory) throws IOException {
        for (String name : List.of("", "absent")) {
            PoolSettings settings = PoolSettings.of("main", directory.resolve(name), 0);
            assertThatIOException()
                    .isThrownBy(() -> Pool.open(PoolOpening.of(settings, CLOCK).expecting(EXPECTED)))
                    .withMessageEndingWith("does not hold pool main with the id " + EXPECTED + ", but none");
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void saysThatItIsDamaged() throws IOException {
        open(ANY).close();
        disk.replace(ROOT.resolve("id"), "nonsense".getBytes(StandardCharsets.UTF_8));
        assertThatIOException().isThrownBy(() -> open(ANY)).withMessageContaining("id is damaged");
    }

    @Test
    void isFoundByWhoDoesNotOpenThePoolAndStaysWhateverThePoolIsCalled(@TempDir Path directory) throws IOException {
        Path root = directory.resolve("pool");
        assertThat(Pool.idAt(root)).isEmpty();
        try (Pool pool = Pool.open(PoolSettings.of("main", root, 0), CLOCK)) {
            pool.rename("vault");

            assertThat(pool.name()).isEqualTo("vault");
            assertThat(Pool.idAt(root)).contains(pool.id());
        }
    }
}
