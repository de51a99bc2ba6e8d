/**
 * Alerts: which alarms people are told, when, and by what way; {@code gateway/docs/alerts.md} says it to users.
 *
 * <pre>
 *   all that is wrong now ──► AlarmWatch ──► an AlertSender for each channel ──► webhook, mail, syslog
 *   (each 5 s)                (pure: when)    (queue, tries again)
 *                                 └──────────────┴──► AlertBook (a file: what was told, what waits)
 * </pre>
 *
 * <p>{@link io.culvert.gateway.alert.Alerting} is the shell. Lock order: that for writing the book, then that of {@code Alerting}, then that of
 * an {@code AlertSender}.
 */
@NullMarked
package io.culvert.gateway.alert;

import org.jspecify.annotations.NullMarked;
