package io.culvert.gateway.testing;

import io.culvert.gateway.cli.LocalWork;
import io.culvert.gateway.loopback.LoopbackPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Two real gateways, near and far, as child processes on free ports in a temporary directory, enrolled by a real token,
 * with a {@link Line} between them that can be cut: far joins and so dials near. Others may be added.
 *
 * <p>A JUnit extension of a test class: ends the processes after the class, removes the directory if all went well, and
 * shows the end of both logs when a test failed.
 */
public final class TwoSites
        implements AfterAllCallback, TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {

    private static final int SHOWN_LINES = 60;

    private final Path directory;
    private final Site near;
    private final Site far;
    private final Line line;
    private final LocalWork work;
    private final List<Site> others = new ArrayList<>();
    private boolean failed;

    /** @param work what commands do in this process */
    public TwoSites(LocalWork work) {
        this.work = work;
        try {
            directory = Files.createTempDirectory("culvert-it-");
            List<Integer> ports = LoopbackPorts.free(4);
            near = new Site("near", directory.resolve("near"), work, ports.get(0), ports.get(1));
            far = new Site("far", directory.resolve("far"), work, ports.get(2), ports.get(3));
            line = new Line(near.port());
            near.advertise(line.port());
            near.init();
            far.init();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The test's own directory, on a real file system. */
    public Path directory() {
        return directory;
    }

    /** The directory {@code data}, made, for near to replicate from; with directories of these names in it. */
    public Path data(String... names) throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        for (String name : names) {
            Files.createDirectories(data.resolve(name));
        }
        return data;
    }

    public Site near() {
        return near;
    }

    public Site far() {
        return far;
    }

    public Line line() {
        return line;
    }

    /** One more site beside the two, made and not started. */
    public Site another(String name) throws IOException {
        List<Integer> ports = LoopbackPorts.free(2);
        Site site = new Site(name, directory.resolve(name), work, ports.get(0), ports.get(1));
        site.init();
        others.add(site);
        return site;
    }

    /** Where one more gateway of a site shall be: a directory and ports of its own; the test makes it. */
    public Site anotherGateway(Site site, String directoryName) throws IOException {
        List<Integer> ports = LoopbackPorts.free(2);
        Site another = new Site(site.name(), directory.resolve(directoryName), work, ports.get(0), ports.get(1));
        others.add(another);
        return another;
    }

    /** Starts both gateways, enrols far at near, and waits for the stream. */
    public void startAndEnrol() throws Exception {
        near.start();
        far.start();
        enrol(near, far);
    }

    /** Enrols a site at another, both running, and waits for the stream. */
    public static void enrol(Site inviting, Site joining) throws Exception {
        List<String> printed = inviting.run("peer", "invite", joining.name())
                .succeeded()
                .text()
                .lines()
                .toList();
        joining.run("peer", "join", printed.getLast()).succeeded();
        inviting.awaitStream(joining.name());
        joining.awaitStream(inviting.name());
    }

    /** Waits until both sides say that the stream is up. */
    public void awaitStream() throws Exception {
        near.awaitStream("far");
        far.awaitStream("near");
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        if (!(failure instanceof org.opentest4j.TestAbortedException)) {
            failed = true;
            show(context.getDisplayName(), near);
            show(context.getDisplayName(), far);
            for (Site other : others) {
                show(context.getDisplayName(), other);
            }
        }
        throw failure;
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        handleTestExecutionException(context, failure);
    }

    private static void show(String test, Site site) throws IOException {
        List<String> lines = site.logText().lines().toList();
        System.err.println("--- " + test + ": the end of " + site.log());
        lines.stream().skip(Math.max(0, lines.size() - SHOWN_LINES)).forEach(System.err::println);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        line.close();
        near.close();
        far.close();
        for (Site other : others) {
            other.close();
        }
        if (failed) {
            System.err.println("--- kept: " + directory);
        } else {
            Shell.run(Path.of("/"), "rm -rf '" + directory + "'");
        }
    }
}
