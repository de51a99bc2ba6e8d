package io.culvert.gateway;

import io.culvert.gateway.replicate.Job;
import io.culvert.gateway.replicate.Replicator;
import io.culvert.gateway.schedule.Schedules;
import io.culvert.siteconfig.DatasetConfig;
import io.culvert.siteconfig.SiteConfig;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Begins the jobs of the site's datasets at the times that the site file names, where this gateway is to begin them. */
final class ScheduledJobs implements AutoCloseable {

    private final Supplier<SiteConfig> config;
    private final JobPlaces places;
    private final Replicator replicator;
    private final InstantSource clock;
    private final Schedules schedules;
    private final Set<String> scheduled = new HashSet<>();

    ScheduledJobs(Supplier<SiteConfig> config, JobPlaces places, Replicator replicator, InstantSource clock) {
        this.config = config;
        this.places = places;
        this.replicator = replicator;
        this.clock = clock;
        this.schedules = new Schedules(clock, this::run);
    }

    /** Takes over what the site file says now; for one thread at a time. */
    void load() {
        SiteConfig now = config.get();
        for (String known : List.copyOf(scheduled)) {
            if (!now.datasets().containsKey(known)) {
                schedules.remove(known);
                scheduled.remove(known);
            }
        }
        now.datasets().forEach((name, dataset) -> {
            schedules.remove(name);
            dataset.policy().schedule().ifPresent(cron -> {
                scheduled.add(name);
                schedules.put(name, after -> cron.nextAfter(after, ZoneId.systemDefault()), clock.instant());
            });
        });
    }

    /** Begins a dataset's jobs and returns when they have ended. */
    private void run(String name) {
        DatasetConfig dataset = config.get().datasets().get(name);
        if (dataset == null || !places.isHere(name)) {
            return;
        }
        List<Job> jobs = dataset.policy().replicateTo().stream()
                .map(target -> replicator.start(name, dataset, target))
                .toList();
        try {
            for (Job job : jobs) {
                job.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        schedules.close();
    }
}
