package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PoolNamesTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final UUID ONE = new UUID(1, 1);
    private static final UUID OTHER = new UUID(2, 2);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private PoolNames open() throws IOException {
        return PoolNames.open(directory, Optional.empty(), InstantSource.fixed(NOON));
    }

    private static void settle(PoolNames names, String... inFile) throws IOException {
        names.settle(Set.of(inFile), name -> Optional.empty());
    }

    @Test
    void aPoolThatIsOpenedByAnotherNameWasRenamedWhoeverChangedTheSiteFile() throws IOException {
        PoolNames names = open();
        names.opened("main", ONE);
        settle(names, "main");
        assertThat(names.former("main")).isEmpty();

        PoolNames restarted = open();
        restarted.opened("vault", ONE);
        settle(restarted, "vault");

        assertThat(open().former("main")).contains(new PoolNames.Former.Renamed("vault", NOON));
        assertThat(open().sentence("main")).contains("pool main has been renamed to vault, since 2026-11-21T12:00:00Z");
        assertThat(open().former("vault")).isEmpty();
        assertThat(open().former("never")).isEmpty();
    }

    @Test
    void whoeverKnowsAnyFormerNameIsToldThePresentOneAndANameMayComeBack() throws IOException {
        PoolNames names = open();
        for (String name : new String[] {"a", "b", "c"}) {
            names.opened(name, ONE);
            settle(names, name);
        }
        assertThat(names.formers()).containsOnlyKeys("a", "b").containsValue(new PoolNames.Former.Renamed("c", NOON));

        names.opened("a", ONE);
        settle(names, "a");

        assertThat(names.formers()).containsOnlyKeys("b", "c");
        assertThat(names.former("c")).contains(new PoolNames.Former.Renamed("a", NOON));
    }

    @Test
    void aPoolThatIsTakenOutOfTheSiteFileIsRemovedAndItsNameIsNoOthers() throws IOException {
        PoolNames names = open();
        names.opened("main", ONE);
        names.opened("gone", OTHER);
        settle(names, "main");

        assertThat(names.former("gone")).contains(new PoolNames.Former.Removed(NOON));
        assertThat(names.sentence("gone")).contains("pool gone is not in the site file any more, since " + NOON);
        assertThat(names.expected("gone")).contains(OTHER);
        assertThat(names.expected("main")).isEmpty();
        assertThat(names.expected("fresh")).isEmpty();
    }

    @Test
    void ofADamagedFileWhatCanBeReadIsBelieved() throws IOException {
        PoolNames names = open();
        names.opened("main", ONE);
        names.opened("gone", OTHER);
        settle(names, "main");
        Files.writeString(
                directory.resolve("pool-names"),
                "half a li\nx not-an-id 2026-11-21T12:00:00Z former\ny " + ONE + " noon former\n\n",
                StandardOpenOption.APPEND);

        assertThat(open().formers()).containsOnlyKeys("gone");
        assertThat(open().id("main")).contains(ONE);
    }
}
