package io.asyncstarter.autoconfigure;

import org.springframework.util.Assert;

/**
 * Parts of a whole, written as a percentage or as a fraction; see {@link Share}.
 */
final class Shares {

	static final String EXPECTED = "a share from 0% to 100%, such as 20% or 0.2";

	private Shares() {
	}

	/**
	 * Returns the fraction.
	 * @param key the name of the property, for the message
	 * @param text the text
	 * @throws IllegalArgumentException if the text is neither a percentage from 0% to
	 * 100% nor a number from 0 to 1
	 */
	static double parse(String key, String text) {
		double share = parse(text);
		Assert.isTrue(share >= 0 && share <= 1, () -> "'%s' must be %s but was %s".formatted(key, EXPECTED, text));
		return share;
	}

	/**
	 * Returns the fraction, or something that is none.
	 */
	private static double parse(String text) {
		String number = text.strip();
		try {
			return (number.endsWith("%")) ? Double.parseDouble(number.substring(0, number.length() - 1)) / 100
					: Double.parseDouble(number);
		}
		catch (NumberFormatException ex) {
			return Double.NaN;
		}
	}

}
