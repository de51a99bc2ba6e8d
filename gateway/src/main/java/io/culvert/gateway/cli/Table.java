package io.culvert.gateway.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows under headings in aligned columns; a heading that ends with {@code >} is of a column of figures. */
final class Table {
    private static final String GAP = "  ";

    private final List<String> headings;
    private final List<Boolean> rightAligned;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        this.headings =
                java.util.Arrays.stream(headings).map(h -> h.replace(">", "")).toList();
        this.rightAligned =
                java.util.Arrays.stream(headings).map(h -> h.endsWith(">")).toList();
    }

    Table row(String... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException("a row must have " + headings.size() + " cells, had " + cells.length);
        }
        rows.add(java.util.Arrays.stream(cells).map(Words::clean).toList());
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Prints the rows, or {@code whenEmpty} if there is none. */
    void print(PrintStream out, String whenEmpty) {
        if (rows.isEmpty()) {
            out.println(whenEmpty);
            return;
        }
        print(out, "", true);
    }

    void print(PrintStream out, String indent, boolean withHeadings) {
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = withHeadings ? headings.get(i).length() : 0;
            for (List<String> row : rows) {
                widths[i] = Math.max(
                        widths[i], row.get(i).codePointCount(0, row.get(i).length()));
            }
        }
        if (withHeadings) {
            out.println(indent + line(headings, widths));
        }
        rows.forEach(row -> out.println(indent + line(row, widths)));
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            String padding = " ".repeat(widths[i] - cell.codePointCount(0, cell.length()));
            line.append(i == 0 ? "" : GAP).append(rightAligned.get(i) ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }
}
