package io.asyncstarter.monitor;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StacksTests {

	private static StackTraceElement frame(String type, String method) {
		return new StackTraceElement(type, method, type.substring(type.lastIndexOf('.') + 1) + ".java", 7);
	}

	private static final List<StackTraceElement> BLOCKED = List.of(frame("java.lang.Thread", "sleep0"),
			frame("java.lang.Thread", "sleep"), frame("com.acme.Orders", "load"),
			frame("reactor.core.publisher.FluxMap", "onNext"), frame("com.acme.OrderController", "get"),
			frame("io.netty.util.concurrent.SingleThreadEventExecutor", "run"), frame("java.lang.Thread", "run"));

	@Test
	void causeIsTheInnermostLineOfTheUser() {
		assertThat(Stacks.cause(BLOCKED)).isEqualTo("com.acme.Orders.load(Orders.java:7)");
	}

	@Test
	void whenNothingIsTheUsersThenCauseIsTheInnermostLine() {
		assertThat(Stacks.cause(BLOCKED.subList(0, 2))).isEqualTo("java.lang.Thread.sleep0(Thread.java:7)");
	}

	@Test
	void whenThereIsNoStackThenThereIsNoCause() {
		assertThat(Stacks.cause(List.of())).isEmpty();
	}

	@Test
	void descriptionHasTheUsersLinesFirst() {
		assertThat(Stacks.describe(BLOCKED).lines()).containsExactly("\tat com.acme.Orders.load(Orders.java:7)",
				"\tat com.acme.OrderController.get(OrderController.java:7)", "\tinnermost frames:",
				"\tat java.lang.Thread.sleep0(Thread.java:7)", "\tat java.lang.Thread.sleep(Thread.java:7)",
				"\tat com.acme.Orders.load(Orders.java:7)",
				"\tat reactor.core.publisher.FluxMap.onNext(FluxMap.java:7)",
				"\tat com.acme.OrderController.get(OrderController.java:7)",
				"\tat io.netty.util.concurrent.SingleThreadEventExecutor.run(SingleThreadEventExecutor.java:7)",
				"\t... 1 more");
	}

	@Test
	void whatStartsLikeALibraryButIsNotOneIsTheUsers() {
		assertThat(Stacks.cause(List.of(frame("java.lang.Thread", "sleep"), frame("reactorplant.Core", "cool"))))
			.startsWith("reactorplant.Core.cool");
	}

	@Test
	void whenTheLoopItselfSelectsThenItWaitsForEvents() {
		assertThat(Stacks
			.isWaitingForEvents(new StackTraceElement[] { frame("io.netty.channel.epoll.Native", "epollWait0"),
					frame("io.netty.channel.epoll.Native", "epollWait"),
					frame("io.netty.channel.SingleThreadIoEventLoop", "run"), frame("java.lang.Thread", "run") }))
			.isTrue();
	}

	@Test
	void whenTheUserSelectsThenTheLoopDoesNotWaitForEvents() {
		assertThat(Stacks.isWaitingForEvents(new StackTraceElement[] { frame("sun.nio.ch.EPoll", "wait"),
				frame("sun.nio.ch.EPollSelectorImpl", "doSelect"), frame("com.acme.Client", "call"),
				frame("io.netty.channel.SingleThreadIoEventLoop", "run"), frame("java.lang.Thread", "run") }))
			.isFalse();
	}

	@Test
	void whenSomethingElseIsInnermostThenTheLoopDoesNotWaitForEvents() {
		assertThat(Stacks.isWaitingForEvents(BLOCKED.toArray(StackTraceElement[]::new))).isFalse();
		assertThat(Stacks.isWaitingForEvents(new StackTraceElement[0])).isFalse();
	}

}
