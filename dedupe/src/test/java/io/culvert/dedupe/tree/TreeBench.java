package io.culvert.dedupe.tree;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;

/**
 * Times a walk, a full scan and a restore: {@code TreeBench SOURCE TARGET-PREFIX ROUNDS}. Figures go to
 * standard output; run it on a quiet machine, beside {@code rsync -a --dry-run}.
 */
final class TreeBench {

    private TreeBench() {}

    public static void main(String[] arguments) throws IOException {
        String source = arguments[0];
        for (int round = 0; round < Integer.parseInt(arguments[2]); round++) {
            String target = arguments[1] + round;
            time("walk", () -> walk(source));
            time("read all with attributes", () -> TreeSnapshot.of(source).size());
            time("restore", () -> {
                try (TreeWriter writer = TreeWriter.open(target, TreeWriter.Existing.REFUSE)) {
                    TreeCopy copy = new TreeCopy(writer);
                    copy.scan(source);
                    RestoreReport report = writer.finish();
                    return copy.entries - report.notes().size();
                }
            });
        }
    }

    private interface Work {
        long run() throws IOException;
    }

    private static void time(String what, Work work) throws IOException {
        long start = System.nanoTime();
        long startCpu = cpuNanos();
        long entries = work.run();
        long cpu = cpuNanos() - startCpu;
        System.out.printf(
                "%s of %d entries: %d ms, of which this thread ran %d ms%n",
                what, entries, (System.nanoTime() - start) / 1_000_000, cpu / 1_000_000);
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long walk(String source) throws IOException {
        long[] count = new long[1];
        try (TreeScanner scanner = TreeScanner.open(source, TreeCopy.EVERYTHING, InstantSource.system())) {
            scanner.scan(new TreeVisitor() {
                @Override
                public void visit(ScannedEntry entry) {
                    count[0] += entry.stat().content().sizeBytes() >= 0 ? 1 : 0;
                }

                @Override
                public void problem(ScanProblem problem) throws IOException {
                    throw new ScanProblemException(problem);
                }
            });
        }
        return count[0];
    }
}
