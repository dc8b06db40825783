package io.asyncstarter.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.asyncstarter.lifecycle.ShutdownReport.Section;

/**
 * One shutdown. Begins when it is created, and runs once, on one thread.
 */
final class ShutdownSequence {

	private static final Log logger = LogFactory.getLog(PhasedShutdown.class);

	private final List<ShutdownParticipant> participants;

	private final Duration cancelPeriod;

	private final long began = System.nanoTime();

	private final long graceEnds;

	private boolean interrupted;

	/**
	 * Creates a sequence.
	 * @param participants the participants in the order of their stages
	 */
	ShutdownSequence(List<ShutdownParticipant> participants, Duration gracePeriod, Duration cancelPeriod) {
		this.participants = participants;
		this.cancelPeriod = cancelPeriod;
		this.graceEnds = this.began + gracePeriod.toNanos();
	}

	void refuseIntake() {
		of(ShutdownStage.INTAKE).forEach((participant) -> perform(participant::refuse));
	}

	private List<ShutdownParticipant> of(ShutdownStage stage) {
		return this.participants.stream().filter((participant) -> participant.getStage() == stage).toList();
	}

	ShutdownReport run() {
		for (ShutdownStage stage : ShutdownStage.values()) {
			List<ShutdownParticipant> due = of(stage);
			if (stage != ShutdownStage.INTAKE) {
				due.forEach((participant) -> perform(participant::refuse));
			}
			due.forEach((participant) -> awaitEnd(participant, this.graceEnds));
		}
		// Not what did not end in its time: others may have given it work since, or taken
		// some.
		List<ShutdownParticipant> left = this.participants.stream()
			.filter((participant) -> !awaitEnd(participant, System.nanoTime()))
			.toList();
		List<List<ShutdownAccount>> accounts = accounts();
		left.forEach((participant) -> perform(participant::cancel));
		long cancelEnds = System.nanoTime() + this.cancelPeriod.toNanos();
		left.forEach((participant) -> awaitEnd(participant, cancelEnds));
		List<List<ShutdownAccount>> finalAccounts = (!left.isEmpty()) ? accounts() : accounts;
		if (this.interrupted) {
			Thread.currentThread().interrupt();
		}
		return new ShutdownReport(Duration.ofNanos(System.nanoTime() - this.began), sections(accounts, finalAccounts));
	}

	private boolean awaitEnd(ShutdownParticipant participant, long end) {
		long left = (this.interrupted) ? 0 : Math.max(0, end - System.nanoTime());
		return perform(() -> participant.awaitEnd(Duration.ofNanos(left)), false);
	}

	private List<List<ShutdownAccount>> accounts() {
		List<List<ShutdownAccount>> accounts = new ArrayList<>();
		for (ShutdownParticipant participant : this.participants) {
			accounts.add(perform(participant::accounts, List.of()));
		}
		return accounts;
	}

	private void perform(Runnable step) {
		perform(() -> {
			step.run();
			return true;
		}, false);
	}

	private <T> T perform(Callable<T> step, T otherwise) {
		try {
			return Objects.requireNonNull(step.call());
		}
		catch (InterruptedException ex) {
			this.interrupted = true;
		}
		catch (Exception ex) {
			logger.warn("A step of the shutdown failed", ex);
		}
		return otherwise;
	}

	private static List<Section> sections(List<List<ShutdownAccount>> before, List<List<ShutdownAccount>> after) {
		List<Section> sections = new ArrayList<>();
		for (int i = 0; i < before.size(); i++) {
			for (ShutdownAccount account : before.get(i)) {
				sections.add(section(account, find(account, after.get(i))));
			}
		}
		return sections;
	}

	private static ShutdownAccount find(ShutdownAccount account, List<ShutdownAccount> all) {
		return all.stream()
			.filter((other) -> other.kind().equals(account.kind()) && other.name().equals(account.name()))
			.findFirst()
			.orElse(account);
	}

	private static Section section(ShutdownAccount before, ShutdownAccount after) {
		long cancelled = after.ended() - before.ended();
		List<UnfinishedWork> cancelledWork = new ArrayList<>(before.details());
		cancelledWork.removeIf((work) -> after.details().stream().anyMatch((other) -> isSame(work, other)));
		cancelledWork.addAll(after.dropped());
		return new Section(before.kind(), before.name(), before.ended(), cancelled, after.unfinished(),
				(cancelled > 0) ? cancelledWork : List.of(), after.details());
	}

	private static boolean isSame(UnfinishedWork one, UnfinishedWork other) {
		return Objects.equals(one.thread(), other.thread()) && one.name().equals(other.name());
	}

}
