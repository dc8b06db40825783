package io.asyncstarter.autoconfigure;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Finds the name that a mistyped one was probably meant to be.
 */
final class NearestName {

	private NearestName() {
	}

	/**
	 * Returns the candidate that takes the fewest edits to get to, if these are less than
	 * half of the name.
	 */
	static Optional<String> of(String name, Collection<String> candidates) {
		return candidates.stream()
			.filter((candidate) -> distance(name, candidate) * 2 <= Math.max(name.length(), candidate.length()))
			.min(Comparator.comparingInt((candidate) -> distance(name, candidate)));
	}

	/**
	 * Damerau-Levenshtein distance in its restricted form ("optimal string alignment"):
	 * insertions, deletions, substitutions and swaps of neighbours count one each.
	 */
	private static int distance(String from, String to) {
		int[][] distances = new int[from.length() + 1][to.length() + 1];
		for (int i = 0; i <= from.length(); i++) {
			for (int j = 0; j <= to.length(); j++) {
				distances[i][j] = (i == 0 || j == 0) ? i + j : cheapest(distances, from, to, i, j);
			}
		}
		return distances[from.length()][to.length()];
	}

	private static int cheapest(int[][] distances, String from, String to, int i, int j) {
		int substitution = (from.charAt(i - 1) != to.charAt(j - 1)) ? 1 : 0;
		int cheapest = Math.min(Math.min(distances[i - 1][j], distances[i][j - 1]) + 1,
				distances[i - 1][j - 1] + substitution);
		boolean swapped = i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2)
				&& from.charAt(i - 2) == to.charAt(j - 1);
		return (swapped) ? Math.min(cheapest, distances[i - 2][j - 2] + 1) : cheapest;
	}

}
