package io.culvert.gateway.cli;

import java.io.PrintStream;

/** One thing described: a name and a value on each line. */
final class Facts {
    private final Table table = new Table("", "");

    /** Leaves out what has nothing to say. */
    Facts fact(String name, String value) {
        if (!value.isEmpty()) {
            table.row(name, value);
        }
        return this;
    }

    void print(PrintStream out) {
        table.print(out, "", false);
    }
}
