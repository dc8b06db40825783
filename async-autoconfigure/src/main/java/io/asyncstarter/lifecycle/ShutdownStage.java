package io.asyncstarter.lifecycle;

/**
 * The stages of a shutdown, in their order. A stage begins when what belongs to the one
 * before has ended, so that it can use what belongs to later ones until its end.
 *
 * @since 0.1.0
 */
public enum ShutdownStage {

	/**
	 * Sources of work, such as listeners of a message broker. They are told to refuse
	 * further work as soon as the context begins to close, before the web server is.
	 */
	INTAKE,

	/**
	 * Work queues, whose items are still to be processed.
	 */
	QUEUES,

	/**
	 * Task groups and background tasks.
	 */
	TASKS,

	/**
	 * Executors, with what waits in their queues.
	 */
	EXECUTORS

}
