package io.asyncstarter.sample.database;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Functions of SQL. The database calls them on the thread that has asked for a row.
 *
 * @since 0.1.0
 */
public final class DatabaseFunctions {

	private DatabaseFunctions() {
	}

	/**
	 * Let a query take its time, as one does that reads from a disk.
	 * @param run the id of the run
	 * @param query the number of the query
	 * @param millis how long it takes
	 * @return the number of the query
	 * @throws InterruptedException if the thread was interrupted
	 */
	public static int pause(String run, int query, int millis) throws InterruptedException {
		DatabaseWatch watch = DatabaseWatch.of(run);
		watch.begin(query);
		try {
			long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
			for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
				LockSupport.parkNanos(left);
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
			}
			return query;
		}
		finally {
			watch.end();
		}
	}

	/**
	 * Tell that a row is made.
	 * @param run the id of the run
	 * @param row the number of the row
	 * @return the number of the row
	 */
	public static int made(String run, int row) {
		DatabaseWatch.of(run).made();
		return row;
	}

}
