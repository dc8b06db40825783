package io.asyncstarter.policy;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AdvisedSupport;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.scheduling.annotation.AsyncAnnotationAdvisor;

/**
 * Where the policies of a bean go among the advisors that its proxy has already.
 */
final class AdvisorPosition {

	/*
	 * By name, since there need not be transactions, nor JCache.
	 */

	private static final String TRANSACTIONS = "org.springframework.transaction.";

	private static final String CACHING = "org.springframework.cache.";

	private AdvisorPosition() {
	}

	/**
	 * Returns the position after all that is to be around the policies: asynchronous
	 * execution, caching, and whatever has an order before theirs. But whatever the
	 * others' order: it is before transactions.
	 * @param advised the proxy
	 * @param order the order of the policies
	 * @return the position of the first policy
	 */
	static int in(Advised advised, int order) {
		Advisor[] advisors = advised.getAdvisors();
		// Without a target, the last advisor does the work.
		int end = (advised.getTargetSource() == AdvisedSupport.EMPTY_TARGET_SOURCE) ? advisors.length - 1
				: advisors.length;
		int position = 0;
		for (int i = 0; i < end && !isOf(TRANSACTIONS, advisors[i]); i++) {
			if (advisors[i] instanceof AsyncAnnotationAdvisor || isOf(CACHING, advisors[i])
					|| AnnotationAwareOrderComparator.INSTANCE.getOrder(advisors[i], null) < order) {
				position = i + 1;
			}
		}
		return position;
	}

	private static boolean isOf(String prefix, Advisor advisor) {
		return advisor.getClass().getName().startsWith(prefix);
	}

}
