/**
 * When jobs start by themselves. {@link io.culvert.gateway.schedule.Timetable} decides, and touches neither clock nor thread;
 * {@link io.culvert.gateway.schedule.Schedules} waits and starts.
 */
@NullMarked
package io.culvert.gateway.schedule;

import org.jspecify.annotations.NullMarked;
