package io.culvert.gateway.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A bench for each test of commands, in a directory that it has for itself. */
abstract class CommandFixture {

    @TempDir
    Path directory;

    CommandBench bench;

    @BeforeEach
    final void start() throws IOException {
        bench = new CommandBench(directory);
    }

    @AfterEach
    final void stop() {
        bench.close();
    }
}
