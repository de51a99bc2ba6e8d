package io.culvert.dedupe.tree;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@link OrdinaryUserIT} runs as a process without privileges: restores {@code SOURCE} to {@code TARGET} and
 * prints each problem of the scan, the counts of the report, and the mode of what was restored.
 */
final class OrdinaryUserMain {

    private OrdinaryUserMain() {}

    public static void main(String[] arguments) throws IOException {
        try (TreeWriter writer = TreeWriter.open(arguments[1], TreeWriter.Existing.REFUSE)) {
            TreeCopy copy = new TreeCopy(writer);
            copy.scan(arguments[0]);
            RestoreReport report = writer.finish();
            copy.problems.stream()
                    .sorted(Comparator.comparing(ScanProblem::path))
                    .forEach(problem -> System.out.println(problem.kind() + " " + problem.path()));
            Map<RestoreNote.Kind, Long> counts = new TreeMap<>(report.counts());
            System.out.println("not restored: " + counts);
        }
        try (TreeScanner scanner = TreeScanner.open(arguments[1], TreeCopy.EVERYTHING, InstantSource.system())) {
            scanner.scan(new TreeVisitor() {
                @Override
                public void visit(ScannedEntry entry) {
                    System.out.println(
                            "mode " + Integer.toOctalString(entry.stat().permissions()) + " " + entry.type() + " "
                                    + entry.path());
                }

                @Override
                public void problem(ScanProblem problem) {
                    System.out.println("in the target: " + problem.kind() + " " + problem.path());
                }
            });
        }
    }
}
