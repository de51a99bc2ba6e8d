package io.culvert.gateway;

import io.culvert.gateway.admin.ProgramsView;
import io.culvert.gateway.relay.NamedPrograms;
import io.culvert.gateway.relay.Programs;
import io.culvert.gateway.relay.portmap.Binding;
import io.culvert.siteconfig.ApplianceService;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The programs of appliances as the API has them. */
final class ProgramViews {

    private ProgramViews() {}

    /** Of an appliance of this site, with these services. */
    static ProgramsView of(Programs known, Collection<ApplianceService> services) {
        List<Binding> bindings = switch (known) {
            case Programs.Fixed fixed -> NamedPrograms.fixed(services);
            case Programs.Awaited awaited -> NamedPrograms.fixed(services);
            case Programs.Learned learned -> learned.bindings();
            case Programs.Kept kept -> kept.bindings();
        };
        return of(known, bindings);
    }

    /** Of an appliance of which these are shown. */
    static ProgramsView of(Programs known, List<Binding> shown) {
        List<ProgramsView.Program> programs =
                shown.stream().map(ProgramViews::program).toList();
        return switch (known) {
            case Programs.Fixed fixed -> new ProgramsView(ProgramsView.Source.FIXED, Optional.empty(), "", programs);
            case Programs.Awaited awaited ->
                new ProgramsView(ProgramsView.Source.AWAITED, Optional.empty(), awaited.why(), programs);
            case Programs.Learned learned ->
                new ProgramsView(ProgramsView.Source.LEARNED, Optional.of(learned.at()), "", programs);
            case Programs.Kept kept ->
                new ProgramsView(ProgramsView.Source.KEPT, Optional.of(kept.at()), kept.why(), programs);
        };
    }

    private static ProgramsView.Program program(Binding binding) {
        return new ProgramsView.Program(
                binding.program(), binding.version(), binding.netId().name().toLowerCase(Locale.ROOT), binding.port());
    }
}
