package io.culvert.gateway.admin;

import java.util.List;

/**
 * What is wrong now, and who is told.
 *
 * @param channels those that the site file names; none: nobody is told
 */
public record AlertsView(List<AlarmView> alarms, List<AlertChannelView> channels) {
    public AlertsView {
        alarms = List.copyOf(alarms);
        channels = List.copyOf(channels);
    }
}
