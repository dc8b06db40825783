package io.asyncstarter.benchmarks.comingfrom;

import java.io.IOException;

/**
 * What is called: something that may fail, be slow, or be asked too often.
 */
interface Repositories {

	String load(long id) throws IOException;

}
