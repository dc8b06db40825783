package io.asyncstarter.http;

import java.io.IOException;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;

/**
 * Writes a problem as the answer to a request of a servlet.
 */
final class ProblemResponse {

	private ProblemResponse() {
	}

	/**
	 * Writes a problem in place of an answer that has not begun to go out. Only a reset
	 * makes a response forget that it was written to, and it forgets the headers that
	 * filters have set, too.
	 */
	static void write(HttpServletResponse response, HttpProblem problem) throws IOException {
		HttpHeaders headers = new HttpHeaders();
		for (String name : response.getHeaderNames()) {
			response.getHeaders(name).forEach((value) -> headers.add(name, value));
		}
		byte[] body = problem.toJson();
		problem.writeTo(headers, body);
		response.reset();
		response.setStatus(problem.status().value());
		headers.forEach((name, values) -> values.forEach((value) -> response.addHeader(name, value)));
		response.getOutputStream().write(body);
		response.flushBuffer();
	}

}
