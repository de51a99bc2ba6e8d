package io.culvert.gateway;

import io.culvert.gateway.checkpoint.GatewayRegister;
import io.culvert.gateway.identity.SiteGateways;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The numbers of a site's gateways, as its etcd knows them; one that was removed is given to no other. */
final class NumbersInEtcd implements SiteGateways {

    static final String NONE =
            "this site keeps its checkpoints in a file of one gateway, or in an etcd that one runs; several need an etcd that all reach:"
                    + " checkpoints: {etcd: {endpoints: [...]}} in the site file";

    private final Supplier<Optional<GatewayRegister>> register;
    private final InstantSource clock;

    /** @param register asked each time; empty if the site keeps its checkpoints in a file */
    NumbersInEtcd(Supplier<Optional<GatewayRegister>> register, InstantSource clock) {
        this.register = register;
        this.clock = clock;
    }

    @Override
    public Set<Integer> numbers() throws IOException {
        Set<Integer> numbers = new HashSet<>();
        register()
                .overview()
                .gateways()
                .forEach(shown -> numbers.add(shown.record().number()));
        return numbers;
    }

    @Override
    public boolean take(int number) throws IOException {
        return register().invite(number, clock.instant());
    }

    private GatewayRegister register() throws IOException {
        return register.get().orElseThrow(() -> new IOException(NONE));
    }
}
