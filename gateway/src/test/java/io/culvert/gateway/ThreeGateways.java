package io.culvert.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The gateways of site near: which of them has what, and what jobs say of themselves there. */
record ThreeGateways(List<Site> all) {

    static boolean runs(Site gateway) {
        return ProcessHandle.of(gateway.pid()).map(ProcessHandle::isAlive).orElse(false);
    }

    static String name(Site gateway) throws IOException {
        Path number = gateway.directory().resolve("identity/gateway.number");
        return "near/" + (Files.exists(number) ? Files.readString(number).strip() : "1");
    }

    static List<JsonNode> services(Site at, String kind, String state) {
        List<JsonNode> its = new ArrayList<>();
        try {
            at.run("service", "list", "--output", "json").succeeded().json().forEach(one -> {
                if (one.path("kind").asText().equals(kind)
                        && one.path("state").asText().equals(state)) {
                    its.add(one);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return its;
    }

    /** Who has the pool, or the stream, as this gateway says. */
    static Optional<String> owner(Site at, String kind) {
        return services(at, kind, "up").stream()
                .map(one -> one.path("owner").asText())
                .findFirst();
    }

    /** The gateway that has the pool, or the stream, once one has it that is none of these. */
    Site having(String kind, Site... others) throws Exception {
        List<Site> candidates = new ArrayList<>(all);
        candidates.removeAll(List.of(others));
        List<Site> found = new ArrayList<>();
        Await.until("another gateway owns the " + kind, Site.PATIENCE, () -> {
            for (Site one : candidates) {
                if (owns(one, kind)) {
                    found.add(one);
                    return true;
                }
            }
            return false;
        });
        return found.getFirst();
    }

    /** Any other than this one. */
    Site but(Site one) {
        return all.stream().filter(other -> other != one).findFirst().orElseThrow();
    }

    /** Returns once two kinds of things are at different gateways, as balance has them; all run. */
    void awaitApart(String kind, String otherKind) throws Exception {
        Await.until(
                kind + " and " + otherKind + " are at different gateways",
                Site.PATIENCE,
                () -> having(kind) != having(otherKind));
    }

    private static boolean owns(Site gateway, String kind) throws IOException {
        String name = name(gateway);
        return services(gateway, kind, "up").stream()
                .anyMatch(one -> one.path("owner").asText().equals(name));
    }

    /** Returns the gateway of these at which the job is under way, once it has stored so much there. */
    static Site awaitStored(String job, long bytes, Site... candidates) throws Exception {
        List<Site> found = new ArrayList<>();
        Await.until("the job is under way", Site.PATIENCE, () -> {
            for (Site one : candidates) {
                if (one.job(job)
                        .filter(view -> view.progress().storedBytes() > bytes)
                        .isPresent()) {
                    found.add(one);
                }
            }
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    static void awaitDone(Site at, String job) throws Exception {
        try {
            Await.until(
                    "job " + job + " is done",
                    Site.PATIENCE,
                    () -> at.job(job)
                            .filter(view -> view.state() == JobState.DONE)
                            .isPresent());
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + "; " + at.directory() + " says:\n"
                            + at.run("job", "list").text()
                            + at.run("service", "list").text(),
                    e);
        }
    }

    void awaitDoneAtAny(String job, Site... but) throws Exception {
        List<Site> candidates = new ArrayList<>(all);
        candidates.removeAll(List.of(but));
        Await.until(
                "the job is done at another gateway",
                Site.PATIENCE,
                () -> candidates.stream()
                        .anyMatch(one -> one.job(job)
                                .filter(view -> view.state() == JobState.DONE)
                                .isPresent()));
    }

    static String newest(Site at, String dataset) throws IOException {
        return at.run("snapshot", "list", "--dataset", dataset, "--output", "json")
                .succeeded()
                .json()
                .get(0)
                .path("id")
                .asText();
    }
}
