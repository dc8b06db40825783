package io.asyncstarter.executor;

import java.util.List;

/**
 * The suspicion that all running tasks wait for tasks which they submitted to their own
 * executor and which wait in its queue.
 *
 * @param progress a number that changes when a task ends or is helped
 * @param running how many tasks run
 * @param nested how many tasks in the queue were submitted by tasks of the executor
 * @param threads the threads of those running tasks that have got one by now
 */
record StallSuspicion(long progress, int running, int nested, List<Thread> threads) {

}
