package io.asyncstarter.deadline;

/**
 * An exception that reports what happened to other tasks or in other scopes. Its causes
 * say nothing about the thread that it is thrown on: an interruption among them is not
 * taken for one of this thread.
 *
 * @since 0.1.0
 */
public interface CausedElsewhere {

}
