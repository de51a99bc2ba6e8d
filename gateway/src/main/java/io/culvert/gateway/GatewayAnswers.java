package io.culvert.gateway;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ServiceView;
import io.culvert.gateway.checkpoint.GatewayRegister;
import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Drains this gateway, and removes others. */
final class GatewayAnswers {

    private final GatewayOperations.Parts parts;
    private final ServiceAnswers services;

    GatewayAnswers(GatewayOperations.Parts parts, ServiceAnswers services) {
        this.parts = parts;
        this.services = services;
    }

    List<ServiceView> drain(Duration connections) throws OperationException {
        if (parts.whereabouts().isAlone()) {
            throw new OperationException(
                    FailureCategory.REFUSED,
                    "this gateway is the only one of " + parts.identity().site()
                            + ", and nobody would have what it gives away; culvert gateway add makes another");
        }
        parts.keeper().drain(connections);
        return owned();
    }

    List<ServiceView> drainNoMore() throws OperationException {
        parts.keeper().drainNoMore();
        return owned();
    }

    private List<ServiceView> owned() throws OperationException {
        return services.list().stream().filter(this::isOwnedHere).toList();
    }

    private boolean isOwnedHere(ServiceView service) {
        return switch (service.kind()) {
            case "pool" -> parts.whereabouts().isHere(Thing.pool(service.name()));
            case "peer" -> parts.whereabouts().isHere(Thing.peer(service.name()));
            case "appliance" ->
                parts.whereabouts().isHere(Thing.appliance(service.name())); // those of peers; no other is owned
            default -> false;
        };
    }

    ServiceView remove(int number, Optional<Integer> moveTo) throws OperationException {
        GatewayRegister register = parts.register()
                .orElseThrow(() -> new OperationException(
                        FailureCategory.REFUSED, "this site keeps its checkpoints in a file, and has one gateway"));
        Book.Gateway gone = known(number);
        if (gone.live()) {
            throw running(gone);
        }
        requireNothingStranded(gone, moveTo);
        try {
            if (!register.remove(number)) {
                throw running(gone);
            }
        } catch (IOException e) {
            throw Failures.of(e);
        }
        return ServiceAnswers.gateway(gone, ServiceView.State.REMOVED);
    }

    private Book.Gateway known(int number) throws OperationException {
        return parts.whereabouts().gateways().stream()
                .filter(one -> one.number() == number)
                .findFirst()
                .orElseThrow(() -> Failures.notFound(
                        "this site has no gateway " + number + "; culvert service list shows those there are"));
    }

    private static OperationException running(Book.Gateway gateway) {
        return new OperationException(
                FailureCategory.REFUSED,
                "gateway " + gateway.name() + " runs on host " + gateway.host()
                        + "; there: culvert gateway drain, then systemctl disable --now culvert");
    }

    /** What nobody has because only the removed one's host saw it would be with nobody for good. */
    private void requireNothingStranded(Book.Gateway gone, Optional<Integer> moveTo) throws OperationException {
        List<String> stranded = new ArrayList<>();
        for (String pool : parts.config().get().pools().keySet()) {
            Thing thing = Thing.pool(pool);
            if (parts.whereabouts().of(thing) instanceof Whereabouts.Place.Nowhere && !isSeen(thing, moveTo)) {
                stranded.add(pool);
            }
        }
        if (stranded.isEmpty()) {
            return;
        }
        String who = moveTo.isEmpty()
                ? "no gateway that runs sees its disk"
                : "gateway " + moveTo.get() + " does not run, or does not see its disk";
        throw new OperationException(
                FailureCategory.REFUSED,
                "pool " + String.join(", ", stranded) + ": " + who
                        + ", which was last with a gateway since gone"
                        + " (" + gone.name() + " was seen at " + gone.seen().truncatedTo(ChronoUnit.SECONDS)
                        + "); attach the disk to the host of another one and run: culvert gateway remove "
                        + gone.number() + " --move-to NUMBER; or take the pool out of the site file, and with it what"
                        + " only it holds");
    }

    private boolean isSeen(Thing pool, Optional<Integer> by) {
        return parts.whereabouts().gateways().stream()
                .filter(one -> one.live() && (by.isEmpty() || by.get() == one.number()))
                .anyMatch(one -> one.able().contains(pool.id()));
    }
}
