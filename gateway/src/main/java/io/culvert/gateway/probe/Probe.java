package io.culvert.gateway.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Probes all addresses of a host, on platform threads, because waiting holds them in the kernel: what is harmless at all of them at a time, and RPC
 * calls behind that at one after the other, so that a system that punishes the call spoils no other result.
 *
 * <p>Steps are told as they are taken, and given back in the order of the contract. A probe ends within the plan's limit, whatever hangs: each step
 * begins only if there is time for all that it may take. Only what {@link ProbePlan#trigger} asks for is watched for longer.
 */
public final class Probe {

    /** Of a name. */
    static final int MAX_ADDRESSES = 8;

    private final ProbePlan plan;
    private final Names names;
    private final Places places;
    private final Consumer<Step> told;
    private final Deadline whole;

    /** One address that is being probed; the test's may be made up. */
    interface Place {
        void harmless(Deadline whole) throws IOException, InterruptedException;

        /** Whether the host was lost behind it. */
        boolean call(Deadline whole, boolean trigger) throws IOException, InterruptedException;

        /** It gets no call. @param why a clause */
        void uncalled(String why);

        Facts facts();
    }

    /** Begins with an address; the steps are those of its place. */
    interface Places {
        /** Whether this host has a way there at all. */
        boolean isWay(InetAddress address);

        Place at(ProbePlan plan, InetAddress address, Steps steps);
    }

    /** Those of the world, for one probe. */
    private static final class World implements Places {
        private final Lock searches = new ReentrantLock();

        @Override
        public boolean isWay(InetAddress address) {
            return Resolving.isWay(address);
        }

        @Override
        public Place at(ProbePlan plan, InetAddress address, Steps steps) {
            return new AddressProbe(plan, address, steps, searches);
        }
    }

    Probe(ProbePlan plan, Names names, Places places, LongSupplier ticker, Consumer<Step> told) {
        this.plan = plan;
        this.names = names;
        this.places = places;
        this.whole = Deadline.in(ticker, plan.limit());
        ReentrantLock lock = new ReentrantLock();
        this.told = step -> {
            lock.lock();
            try {
                told.accept(step);
            } finally {
                lock.unlock();
            }
        };
    }

    /**
     * Probes.
     *
     * @param told of each step as it is taken, by one thread at a time
     * @throws IOException if this host lacks what it needs, such as descriptors or the time to try anything
     */
    public static ProbeResult run(ProbePlan plan, Consumer<Step> told) throws IOException, InterruptedException {
        return new Probe(plan, InetAddress::getAllByName, new World(), System::nanoTime, told).run();
    }

    /** One address with its steps. */
    private record Probed(InetAddress address, Steps steps, Place place) {}

    ProbeResult run() throws IOException, InterruptedException {
        Steps common = new Steps(told, "");
        Duration limit = new Shares(plan.ports().size(), plan.rpc() || plan.trigger())
                .of(Part.NAME, whole.left())
                .orElse(Duration.ZERO);
        Resolving.Resolved resolved = Resolving.run(plan.host(), names, limit);
        Addresses addresses = Addresses.of(resolved.addresses(), places::isWay);
        common.named(addresses, resolved);
        if (addresses.tried().isEmpty()) {
            return unnamed(common, resolved, limit);
        }
        List<Probed> all = new ArrayList<>();
        boolean several = addresses.tried().size() > 1;
        for (InetAddress address : addresses.tried()) {
            Steps steps = new Steps(told, several ? address.getHostAddress() : "");
            all.add(new Probed(address, steps, places.at(plan, address, steps)));
        }
        harmless(all);
        plan.rates().ifPresent(common::measured);
        plan.unmeasured().ifPresent(common::unmeasured);
        call(all);
        List<Overall.Part> parts = all.stream().map(one -> part(one, several)).toList();
        List<Step> steps = new ArrayList<>(common.taken());
        all.forEach(one -> steps.addAll(one.steps().taken()));
        Finding finding = Overall.of(plan.host(), parts, common(several), addresses.leftOut());
        if (finding.verdict() == Verdict.OK) {
            refuseUntested(all);
        }
        return new ProbeResult(finding, Steps.inOrder(steps));
    }

    /** Nothing found is no good news of an address at which nothing was tried. */
    private static void refuseUntested(List<Probed> all) throws IOException {
        for (Probed one : all) {
            Optional<String> why = Diagnosis.untested(one.place().facts());
            if (why.isPresent()) {
                throw new IOException("nothing was found, but " + why.get() + " of "
                        + one.address().getHostAddress() + "; this machine may be too busy for a probe");
            }
        }
    }

    private static Overall.Part part(Probed one, boolean several) {
        Facts all = one.place().facts();
        Facts facts = several ? all.ofAddress() : all;
        return new Overall.Part(one.address().getHostAddress(), Diagnosis.of(facts), Evidence.gaps(facts));
    }

    /** What is known of the peer, which of several addresses says nothing of any. */
    private Overall.Common common(boolean several) {
        Facts known = new Notebook(new Steps(step -> {}, "")).facts(plan, "", new Facts.Names(List.of(), ""));
        return new Overall.Common(
                several ? Diagnosis.ofPeer(known) : Optional.empty(),
                plan.unmeasured()
                        .map(why -> List.of("how much the stream carries was not measured: " + why))
                        .orElse(List.of()));
    }

    private ProbeResult unnamed(Steps common, Resolving.Resolved resolved, Duration limit) {
        Notebook notebook = new Notebook(common);
        if (resolved.isLate() && limit.compareTo(Part.NAME.most) < 0) {
            notebook.cut(Part.NAME, "");
        }
        Facts none = notebook.facts(plan, "", new Facts.Names(List.of(), resolved.problem()));
        return new ProbeResult(Diagnosis.of(none), common.taken());
    }

    private void harmless(List<Probed> all) throws IOException, InterruptedException {
        if (all.size() == 1) {
            all.getFirst().place().harmless(whole);
            return;
        }
        ThreadFactory threads = Thread.ofPlatform().daemon().name("probe-", 1).factory();
        try (ExecutorService executor = Executors.newThreadPerTaskExecutor(threads)) {
            List<Callable<Void>> orders = all.stream()
                    .<Callable<Void>>map(one -> () -> {
                        one.place().harmless(whole);
                        return null;
                    })
                    .toList();
            for (Future<Void> done : executor.invokeAll(orders)) { // interrupted, it interrupts them
                done.get();
            }
        } catch (ExecutionException e) {
            throw failure(Objects.requireNonNullElse(e.getCause(), e));
        }
    }

    private static IOException failure(Throwable cause) {
        return switch (cause) {
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> new IOException("a step broke off: " + cause, cause);
        };
    }

    /** Calls one address after the other until a call costs a quarantine; provokes one at a single address, which is enough. */
    private void call(List<Probed> all) throws IOException, InterruptedException {
        if (!plan.rpc() && !plan.trigger()) {
            return;
        }
        String enough = "";
        for (Probed one : all) {
            if (!enough.isEmpty()) {
                one.place().uncalled(enough);
                continue;
            }
            boolean open = one.place().facts().attempts().stream()
                    .anyMatch(attempt -> attempt.answer().isOpen());
            boolean lost = one.place().call(whole, plan.trigger());
            if (lost) {
                enough = one.address().getHostAddress() + " was cut off behind its call, and another may renew that";
            } else if (plan.trigger() && open) {
                enough = "a quarantine is provoked at one address only, "
                        + one.address().getHostAddress();
            }
        }
    }
}
