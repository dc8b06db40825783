package io.asyncstarter.sample.gallery;

/**
 * Thrown when there are too many runs already.
 */
class GalleryBusyException extends RuntimeException {

	GalleryBusyException(Throwable cause) {
		super("Too many runs at once: %s. Try again when one has ended.".formatted(cause.getMessage()), cause);
	}

}
