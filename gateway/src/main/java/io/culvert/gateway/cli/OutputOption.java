package io.culvert.gateway.cli;

import picocli.CommandLine.Option;

/** {@code --output}, for every command that prints a table. */
final class OutputOption {
    enum Format {
        table,
        json
    }

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            description = "What standard output carries: table (the default) or json.")
    private Format format = Format.table;

    boolean json() {
        return format == Format.json;
    }
}
