package io.asyncstarter.actuate;

import org.springframework.boot.health.contributor.Status;

/**
 * Something that is wrong, as {@link AsyncHealthIndicator} shows it.
 *
 * @param subject the name of what it is wrong with
 * @param status what that means for the application: {@link Status#DOWN} if only a
 * restart helps, {@link Status#OUT_OF_SERVICE} if it should get no further work for now,
 * {@link Status#UNKNOWN} if it works, but not all that it relies on does
 * @param problem what is wrong, as a sentence with figures
 * @since 0.1.0
 */
public record AsyncHealthProblem(String subject, Status status, String problem) {

}
