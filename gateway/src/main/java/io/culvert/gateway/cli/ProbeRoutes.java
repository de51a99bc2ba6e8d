package io.culvert.gateway.cli;

import io.culvert.gateway.admin.ProbeStepView;
import java.io.PrintStream;
import java.util.List;

/** The traceroutes of a probe side by side, hop by hop, if there are two. */
final class ProbeRoutes {

    private static final String STEP = "route";

    private ProbeRoutes() {}

    static void print(PrintStream out, List<ProbeStepView> steps) {
        List<ProbeStepView> routes =
                steps.stream().filter(step -> step.step().equals(STEP)).toList();
        if (routes.size() < 2) {
            return;
        }
        ProbeCommand.section(out, "routes");
        Table table = new Table("HOP>", "IDLE", "UNDER TRIGGER");
        int hops = routes.stream().mapToInt(step -> step.details().size()).max().orElse(0);
        for (int hop = 1; hop <= hops; hop++) {
            table.row(
                    String.valueOf(hop),
                    routes.getFirst().details().getOrDefault("hop" + hop, "-"),
                    routes.getLast().details().getOrDefault("hop" + hop, "-"));
        }
        table.print(out, "nobody answered");
    }
}
