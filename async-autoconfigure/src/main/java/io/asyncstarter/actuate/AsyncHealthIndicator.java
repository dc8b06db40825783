package io.asyncstarter.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Says whether what runs concurrently is well: no executor saturated for long, no queue
 * left unread, no event loop blocked, no circuit breaker open. Each check is a section of
 * the details, with {@code "ok"} or what is wrong by name. The worst finding decides the
 * status.
 *
 * @since 0.1.0
 */
public final class AsyncHealthIndicator extends AbstractHealthIndicator {

	/**
	 * From the worst to the best. Unlike in an aggregate of several contributors, what is
	 * not known is worse than what is known to be well.
	 */
	private static final List<Status> ORDER = List.of(Status.DOWN, Status.OUT_OF_SERVICE, Status.UNKNOWN, Status.UP);

	private final List<AsyncHealthCheck> checks;

	/**
	 * Creates an indicator.
	 * @param checks the checks, in the order of their sections
	 */
	public AsyncHealthIndicator(List<AsyncHealthCheck> checks) {
		super("The async health check failed");
		this.checks = List.copyOf(checks);
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Status worst = Status.UP;
		for (AsyncHealthCheck check : this.checks) {
			Map<String, Object> problems = new LinkedHashMap<>();
			for (AsyncHealthProblem problem : check.check()) {
				problems.put(problem.subject(),
						Map.of("status", problem.status().getCode(), "problem", problem.problem()));
				worst = worse(worst, problem.status());
			}
			builder.withDetail(check.getName(), (!problems.isEmpty()) ? problems : "ok");
		}
		builder.status(worst);
	}

	private static Status worse(Status one, Status other) {
		return (ORDER.indexOf(other) < ORDER.indexOf(one)) ? other : one;
	}

}
