package io.asyncstarter.sample.gallery;

import java.util.ArrayList;
import java.util.List;

import org.springframework.util.Assert;

/**
 * What a pattern is.
 *
 * @param id the id in the catalogue, such as {@code B1}
 * @param title what it is called
 * @param summary what it is, in a sentence or two
 * @param useWhen when to reach for it, and when not
 * @param asyncio what it is called there
 * @param asyncioCode the same thing in Python
 * @param parameters what can be set for a run
 * @param yaml the keys of {@code application.yml} that it lives by
 * @param docs the page of the documentation that tells more, such as {@code deadlines},
 * or {@code deadlines#scopes} for a part of it
 * @since 0.1.0
 */
public record PatternInfo(String id, String title, String summary, String useWhen, String asyncio, String asyncioCode,
		List<Parameter> parameters, List<String> yaml, String docs) {

	public PatternInfo {
		Assert.isTrue(id.matches("[A-I][1-9][0-9]?"), () -> "'id' must be one of the catalogue but was '" + id + "'");
		parameters = List.copyOf(parameters);
		yaml = List.copyOf(yaml);
	}

	/**
	 * The group of the pattern.
	 * @return the group that the id begins with
	 */
	public PatternGroup group() {
		return PatternGroup.valueOf(this.id.substring(0, 1));
	}

	int number() {
		return Integer.parseInt(this.id.substring(1));
	}

	/**
	 * Start to describe a pattern.
	 * @param id the id in the catalogue
	 * @param title what it is called
	 * @return a builder
	 */
	public static Builder of(String id, String title) {
		return new Builder(id, title);
	}

	/**
	 * Builder of {@link PatternInfo}.
	 *
	 * @since 0.1.0
	 */
	public static final class Builder {

		private final String id;

		private final String title;

		private final List<Parameter> parameters = new ArrayList<>();

		private final List<String> yaml = new ArrayList<>();

		private String docs = "choosing";

		private String summary = "";

		private String useWhen = "";

		private String asyncio = "";

		private String asyncioCode = "";

		private Builder(String id, String title) {
			this.id = id;
			this.title = title;
		}

		/**
		 * Say what it is.
		 * @param text a sentence or two
		 * @return this builder
		 */
		public Builder summary(String text) {
			this.summary = text.strip();
			return this;
		}

		/**
		 * Say when to use it.
		 * @param text a sentence or two
		 * @return this builder
		 */
		public Builder useWhen(String text) {
			this.useWhen = text.strip();
			return this;
		}

		/**
		 * Say what it is in asyncio.
		 * @param name the names used there
		 * @param code the same thing in Python
		 * @return this builder
		 */
		public Builder asyncio(String name, String code) {
			this.asyncio = name;
			this.asyncioCode = code.strip();
			return this;
		}

		/**
		 * Add a parameter of a run.
		 * @param parameter the parameter
		 * @return this builder
		 */
		public Builder parameter(Parameter parameter) {
			this.parameters.add(parameter);
			return this;
		}

		/**
		 * Name a key of {@code application.yml} that the pattern lives by.
		 * @param key the key, such as {@code async.executors.io}
		 * @return this builder
		 */
		public Builder yaml(String key) {
			this.yaml.add(key);
			return this;
		}

		/**
		 * Say where to read more.
		 * @param page the page of the documentation, and a part of it after a {@code #}
		 * @return this builder
		 */
		public Builder docs(String page) {
			this.docs = page;
			return this;
		}

		/**
		 * Build the description.
		 * @return the description
		 */
		public PatternInfo build() {
			return new PatternInfo(this.id, this.title, this.summary, this.useWhen, this.asyncio, this.asyncioCode,
					this.parameters, this.yaml, this.docs);
		}

	}

}
