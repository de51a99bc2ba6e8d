package io.culvert.gateway.probe;

import java.util.List;

/** A verdict, and the steps that it comes from, in the order of the contract. */
public record ProbeResult(Finding finding, List<Step> steps) {
    public ProbeResult {
        steps = List.copyOf(steps);
    }
}
