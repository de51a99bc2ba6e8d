package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.JobProgress;
import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.client.GatewayClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Follows jobs to their end. The jobs do not depend on it: Ctrl-C leaves them running and says so, and a gateway that
 * restarts is waited for.
 */
final class JobWatch {
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration ABSENCE_LIMIT = Duration.ofMinutes(2);

    private final Session session;
    private final GatewayClient gateway;
    private final PeerAbsence absence;
    private final Map<String, String> unreachable = new LinkedHashMap<>();

    JobWatch(Session session, GatewayClient gateway) {
        this.session = session;
        this.gateway = gateway;
        this.absence = new PeerAbsence(gateway, System::nanoTime);
    }

    /** Returns the exit code. */
    int untilEnded(List<JobView> started, OutputOption output) throws OperationException, InterruptedException {
        List<JobView> jobs = started;
        try (Farewell farewell = Farewell.print(session.err(), goesOn(jobs));
                ProgressDisplay display = ProgressDisplay.of(session.terminal(), title(jobs))) {
            while (!jobs.stream().allMatch(this::isOver)) {
                show(display, jobs);
                jobs = again(jobs);
            }
            show(display, jobs);
        }
        return report(jobs, output);
    }

    /** Whether it ended, or nobody should wait for it. */
    private boolean isOver(JobView job) {
        return job.state().hasEnded() || unreachable.containsKey(job.id());
    }

    private static void show(ProgressDisplay display, List<JobView> jobs) {
        long done = 0;
        long total = 0;
        boolean known = true;
        double rate = 0;
        for (JobView job : jobs) {
            JobProgress p = job.progress();
            done += p.sourceBytes();
            total += p.totalBytes().orElse(0L);
            known &= p.totalBytes().isPresent();
            rate += p.bytesPerSecond();
        }
        display.update(
                done,
                known ? Optional.of(Math.max(total, done)) : Optional.empty(),
                rate,
                stateOf(jobs),
                current(jobs));
    }

    /** The entry at hand of the first job that has one. */
    private static String current(List<JobView> jobs) {
        return jobs.stream()
                .flatMap(job -> job.progress().current().stream())
                .findFirst()
                .orElse("");
    }

    private static String stateOf(List<JobView> jobs) {
        return jobs.stream()
                .map(job -> Words.word(job.state())
                        + (job.state() == JobState.WAITING ? ": " + Words.or(job.waitingFor()) : ""))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private List<JobView> again(List<JobView> jobs) throws OperationException, InterruptedException {
        List<JobView> now = new ArrayList<>();
        for (JobView job : jobs) {
            now.add(isOver(job) ? job : again(job));
        }
        return now;
    }

    private JobView again(JobView job) throws OperationException, InterruptedException {
        long since = System.nanoTime();
        while (true) {
            try {
                JobView now = gateway.job(job.id(), PAUSE);
                absence.sentence(now).ifPresent(sentence -> unreachable.put(now.id(), sentence));
                return now;
            } catch (OperationException e) {
                boolean away = e.category() == FailureCategory.UNREACHABLE;
                if (!away || System.nanoTime() - since > ABSENCE_LIMIT.toNanos()) {
                    throw e;
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    private int report(List<JobView> jobs, OutputOption output) throws OperationException {
        int code = 0;
        if (output.json()) {
            session.printJson(jobs);
        }
        for (JobView job : jobs) {
            if (job.state() == JobState.DONE) {
                if (!output.json()) {
                    session.out().println(summary(job));
                }
            } else if (unreachable.containsKey(job.id())) {
                session.err().println("culvert: " + unreachable.get(job.id()));
                code = Math.max(code, FailureCategory.UNREACHABLE.exitCode());
            } else {
                session.err()
                        .println("culvert: job " + job.id()
                                + (job.state() == JobState.CANCELLED
                                        ? " was cancelled"
                                        : " failed: " + Words.or(job.failure())));
                code = Math.max(
                        code,
                        job.failureCategory().orElse(FailureCategory.FAILED).exitCode());
            }
        }
        return code;
    }

    private static String summary(JobView job) {
        JobProgress p = job.progress();
        double seconds = Spans.seconds(job);
        return "snapshot " + Words.or(job.snapshot()) + " at "
                + job.peer().map(peer -> peer + "/").orElse("") + job.pool()
                + ": " + Words.bytes(p.sourceBytes()) + " in " + Words.count(p.entries()) + " entries, "
                + Words.count(p.newChunks()) + " of " + Words.count(p.chunks()) + " chunks new, "
                + Words.bytes(p.wireSentBytes() + p.wireReceivedBytes()) + " on the wire, "
                + String.format(java.util.Locale.ROOT, "%.1f s", seconds);
    }

    private static String title(List<JobView> jobs) {
        return jobs.isEmpty() ? "replicating" : jobs.getFirst().dataset();
    }

    private static String goesOn(List<JobView> jobs) {
        String ids = jobs.stream().map(JobView::id).collect(Collectors.joining(" "));
        return "the gateway goes on with job " + ids + ": \"culvert job show ID\" follows it, \"culvert job cancel ID\""
                + " ends it";
    }
}
