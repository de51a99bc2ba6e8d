package io.culvert.gateway;

import io.culvert.gateway.admin.AlertChannelView;
import io.culvert.gateway.admin.AlertTestView;
import io.culvert.gateway.admin.AlertsView;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.alert.Alerting;
import io.culvert.gateway.alert.ChannelState;
import java.util.List;

/** Answers what is asked of alerts. */
final class AlertAnswers {

    private final Alerting alerting;
    private final StatusAnswers status;

    AlertAnswers(GatewayOperations.Parts parts, StatusAnswers status) {
        this.alerting = parts.alerting();
        this.status = status;
    }

    AlertsView alerts() throws OperationException {
        return new AlertsView(
                status.status().alarms(),
                alerting.channels().stream().map(AlertAnswers::view).toList());
    }

    private static AlertChannelView view(ChannelState channel) {
        return new AlertChannelView(
                channel.kind(),
                channel.target(),
                channel.delivered(),
                channel.failingSince(),
                channel.trouble(),
                channel.waiting(),
                channel.dropped());
    }

    List<AlertTestView> test() throws OperationException {
        try {
            List<AlertTestView> tested = alerting.test().stream()
                    .map(one -> new AlertTestView(
                            one.kind(),
                            one.target(),
                            one.taken(),
                            one.why(),
                            one.took().toMillis() / 1000.0))
                    .toList();
            if (tested.isEmpty()) {
                throw new OperationException(
                        FailureCategory.USAGE,
                        "nobody is told of alarms: the site file names no webhook, mail or syslog under \"alerts:\"");
            }
            return tested;
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        }
    }
}
