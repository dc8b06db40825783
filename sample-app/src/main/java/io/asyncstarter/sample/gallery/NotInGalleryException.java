package io.asyncstarter.sample.gallery;

/**
 * Thrown when something was asked for that the gallery does not have.
 */
class NotInGalleryException extends RuntimeException {

	NotInGalleryException(String message) {
		super(message);
	}

}
