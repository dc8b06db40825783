package io.asyncstarter.sample.gallery;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityExceptionHandler;

/**
 * Answers every mistake with {@code application/problem+json}.
 */
@RestControllerAdvice
class GalleryProblems extends ResponseEntityExceptionHandler {

	@ExceptionHandler
	ProblemDetail notFound(NotInGalleryException ex) {
		return problem(HttpStatus.NOT_FOUND, "Not in the gallery", ex);
	}

	@ExceptionHandler
	ProblemDetail invalid(InvalidParametersException ex) {
		ProblemDetail problem = problem(HttpStatus.BAD_REQUEST, "Invalid parameters", ex);
		problem.setProperty("parameters", ex.parameters());
		return problem;
	}

	@ExceptionHandler
	ProblemDetail unreadable(UnreadableParametersException ex) {
		return problem(HttpStatus.BAD_REQUEST, "Unreadable parameters", ex);
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> busy(GalleryBusyException ex) {
		return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
			.header(HttpHeaders.RETRY_AFTER, "1")
			.body(problem(HttpStatus.SERVICE_UNAVAILABLE, "Too many runs", ex));
	}

	private static ProblemDetail problem(HttpStatus status, String title, RuntimeException ex) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, ex.getMessage());
		problem.setTitle(title);
		return problem;
	}

}
