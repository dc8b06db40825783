package io.asyncstarter.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Uses the page as a visitor does, in headless Chromium. Screenshots are kept in
 * {@code target/screenshots}.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Timeout(180)
class GalleryPageIT {

	private static final Path BROWSER = Path.of("/usr/bin/chromium");

	private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

	private static final Path SCREENSHOTS = Path.of("target", "screenshots");

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@LocalServerPort
	private int port;

	@TempDir
	private Path profile;

	private ChromeDriver browser;

	@BeforeAll
	static void findBrowser() {
		Assumptions.assumeTrue(Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER),
				() -> "The page is not tested: there is no %s and %s (Debian: apt-get install chromium chromium-driver)"
					.formatted(BROWSER, DRIVER));
	}

	@BeforeEach
	void open() {
		ChromeOptions options = new ChromeOptions();
		options.setBinary(BROWSER.toString());
		options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--disable-dev-shm-usage", "--user-data-dir=" + this.profile);
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		options.setCapability("goog:loggingPrefs", logs);
		this.browser = new ChromeDriver(
				new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).usingAnyFreePort().build(),
				options);
		this.browser.manage().window().setSize(new Dimension(1440, 2200));
	}

	@AfterEach
	void close() {
		this.browser.quit();
	}

	@Test
	@Timeout(600) // more than fifty runs, one after another
	void everyPatternRunsByClick() throws IOException {
		visit("");
		List<String> ids = this.browser.findElements(By.cssSelector("#catalog a code"))
			.stream()
			.map(WebElement::getText)
			.toList();

		assertThat(ids).contains("A2", "A3", "A4", "A6", "B1", "B8", "C1", "C2", "D1", "D3", "D4", "D5", "D7", "D8");
		for (String id : ids) {
			this.browser.findElement(By.cssSelector("#catalog a[href='#" + id + "']")).click();
			waitUntil(() -> text("id").equals(id));
			run();
			screenshot(id);

			assertThat(text("status")).as(id).startsWith("Finished");
			assertThat(text("headline")).as(id).isNotBlank();
			assertThat(this.browser.findElements(By.cssSelector("#proofs li"))).as(id).isNotEmpty();
			assertThat(text("java")).as(id).contains("public RunResult run(PatternRun run)");
			assertThat(text("asyncio")).as(id).isNotBlank();
			// B9 works on too many items for a bar each: it draws gauges alone
			assertThat(painted().isEmpty()).as(id).isEqualTo(id.equals("B9"));
			assertThat(this.browser.findElements(By.cssSelector("#legend li.running"))).as(id).isEmpty();
		}
		assertThat(consoleErrors()).isEmpty();
	}

	@Test
	void attemptsAndWaitsOfARetryAreDrawn() throws IOException {
		visit("#D1");
		waitUntil(() -> text("id").equals("D1"));
		run();
		screenshot("attempts");

		List<Map<String, Object>> first = painted().stream().filter((bar) -> number(bar, "lane") == 0).toList();
		assertThat(first.stream().filter((bar) -> "running".equals(bar.get("state"))).map((bar) -> bar.get("outcome")))
			.containsExactly("failed", "failed", "failed", "done");
		assertThat(first.stream().filter((bar) -> "waiting".equals(bar.get("state")))).hasSize(3);
		assertThat(text("yaml")).contains("flaky: { retry:");
		assertThat(consoleErrors()).isEmpty();
	}

	@Test
	void statesOfABreakerAreDrawnAndReadOutByKeyboard() {
		visit("#D7");
		waitUntil(() -> text("id").equals("D7"));
		run();

		assertThat(painted().stream()
			.filter((bar) -> "the breaker".equals(bar.get("band")))
			.map((bar) -> bar.get("state"))).startsWith("closed", "open", "half-open").endsWith("half-open", "closed");
		WebElement lanes = this.browser.findElement(By.id("lanes"));
		lanes.sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
		waitUntil(() -> this.browser.findElement(By.id("tip")).isDisplayed());
		assertThat(text("tip")).contains("the breaker: closed").contains("made by the caller: ");
		assertThat(consoleErrors()).isEmpty();
	}

	@Test
	void latenciesOfHedgedCallsAreDrawnAsDistributions() {
		visit("#B8");
		waitUntil(() -> text("id").equals("B8"));
		run();

		List<WebElement> spreads = this.browser.findElements(By.cssSelector("#distributions svg"));
		assertThat(spreads).hasSize(2)
			.allSatisfy((spread) -> assertThat(spread.getDomAttribute("aria-label")).contains("p50").contains("p99"));
		assertThat(consoleErrors()).isEmpty();
	}

	@Test
	void documentationIsAClickAway() throws IOException {
		visit("#C2");
		waitUntil(() -> text("id").equals("C2"));
		this.browser.findElement(By.id("docs")).click();
		waitUntil(() -> !this.browser.findElements(By.cssSelector("#doc h1")).isEmpty());
		screenshot("docs");

		assertThat(this.browser.findElement(By.cssSelector("#doc h1")).getText()).isEqualTo("Deadlines");
		assertThat(this.browser.findElements(By.cssSelector("#doc pre .kw, #doc pre .typ"))).isNotEmpty();
		assertThat(consoleErrors()).isEmpty();
	}

	@Test
	void productionShowsWhatRunsNow() throws IOException {
		this.browser.get("http://127.0.0.1:" + this.port + "/");
		this.browser.findElement(By.linkText("production")).click();
		waitUntil(() -> !this.browser.findElements(By.id("executor-upstream")).isEmpty());
		String glance = text("glance");
		script("fetch('/patterns/A2/runs?calls=200&latency=300', "
				+ "{ method: 'POST', headers: { Prefer: 'respond-async' } })");
		waitUntil(() -> text("glance").contains("executor upstream: at its limit"));
		waitUntil(() -> text("executor-upstream").contains("8 of 8"));
		screenshot("production");

		assertThat(glance).isNotBlank();
		WebElement tile = this.browser.findElement(By.id("executor-upstream"));
		assertThat(tile.findElement(By.className("chip")).getText()).isEqualTo("at its limit");
		assertThat(tile.findElement(By.cssSelector("svg")).getDomAttribute("aria-label")).startsWith("running: now 8");
		assertThat(tile.findElements(By.cssSelector("svg rect.warn"))).isNotEmpty();
		assertThat(this.browser.findElements(By.cssSelector("[id^='event-loop-reactor-http']"))).isNotEmpty();
		assertThat(consoleErrors()).isEmpty();
	}

	@Test
	void timelineShowsThatConcurrentCallsOverlapAndSequentialOnesDoNot() throws IOException {
		visit("#B1");
		waitUntil(() -> text("id").equals("B1"));
		run();
		screenshot("timeline");

		List<Map<String, Object>> sequential = painted("sequential");
		List<Map<String, Object>> concurrent = painted("concurrent");
		assertThat(sequential).hasSize(12);
		assertThat(concurrent).hasSize(12);
		assertThat(overlaps(concurrent)).isPositive();
		assertThat(overlaps(sequential)).isZero();
		// what was computed is what can be seen
		assertThat(arePaintedOver(concurrent)).isTrue();
		assertThat(consoleErrors()).isEmpty();
	}

	@Test
	void runHasAnAddressOfItsOwn() {
		visit("#B1");
		waitUntil(() -> text("id").equals("B1"));
		run();
		String headline = text("headline");
		String address = Objects.requireNonNull(this.browser.getCurrentUrl());

		this.browser.get("about:blank");
		this.browser.get(address);
		waitUntil(() -> text("headline").equals(headline));

		assertThat(address).matches(".*#B1/[0-9a-f]{8}");
		assertThat(painted("concurrent")).hasSize(12);
	}

	@Test
	void wrongParameterIsExplainedWhereItWasTyped() {
		visit("#B1");
		waitUntil(() -> text("id").equals("B1"));
		WebElement calls = this.browser.findElement(By.id("p-calls"));
		calls.clear();
		calls.sendKeys("100000");

		this.browser.findElement(By.id("run")).click();
		waitUntil(() -> this.browser.findElement(By.id("problem")).isDisplayed());

		assertThat(text("problem")).contains("'calls' cannot be '100000'");
		assertThat(calls.getDomAttribute("aria-invalid")).isEqualTo("true");
	}

	@Test
	void pageFitsANarrowScreen() throws IOException {
		this.browser.manage().window().setSize(new Dimension(500, 900));
		visit("#A2");
		waitUntil(() -> text("id").equals("A2"));
		run();
		screenshot("narrow");

		assertThat(script("return document.documentElement.scrollWidth - document.documentElement.clientWidth"))
			.isEqualTo(0L);
	}

	private void visit(String hash) {
		this.browser.get("http://127.0.0.1:" + this.port + "/" + hash);
		waitUntil(() -> !text("id").isEmpty());
	}

	private void run() {
		this.browser.findElement(By.id("run")).click();
		waitUntil(() -> this.browser.findElement(By.id("result")).isDisplayed());
		// let the last frame be drawn
		this.browser.executeAsyncScript("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))");
	}

	private void waitUntil(BooleanSupplier condition) {
		new WebDriverWait(this.browser, PATIENCE).until((browser) -> condition.getAsBoolean());
	}

	private String text(String id) {
		return Objects.requireNonNull(this.browser.findElement(By.id(id)).getText());
	}

	private @Nullable Object script(String script, Object... arguments) {
		return this.browser.executeScript(script, arguments);
	}

	@SuppressWarnings("unchecked")
	private List<Map<String, Object>> painted() {
		return (List<Map<String, Object>>) Objects
			.requireNonNull(script("return document.getElementById('lanes').timeline.painted"));
	}

	private List<Map<String, Object>> painted(String group) {
		return painted().stream()
			.filter((bar) -> group.equals(bar.get("group")) && "running".equals(bar.get("state")))
			.toList();
	}

	private boolean arePaintedOver(List<Map<String, Object>> bars) {
		return Boolean.TRUE.equals(script("""
				const canvas = document.querySelector('#lanes canvas');
				const ratio = canvas.width / canvas.clientWidth;
				const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
				return arguments[0].every((bar) => {
					const x = Math.round((bar.x + bar.w / 2) * ratio);
					const y = Math.round((bar.y + bar.h / 2) * ratio);
					return data[(y * canvas.width + x) * 4 + 3] > 200;
				});
				""", bars));
	}

	private static long overlaps(List<Map<String, Object>> bars) {
		long overlaps = 0;
		for (Map<String, Object> one : bars) {
			overlaps += bars.stream()
				.filter((other) -> !other.equals(one) && number(one, "x") + 1 < number(other, "x") + number(other, "w")
						&& number(other, "x") + 1 < number(one, "x") + number(one, "w"))
				.count();
		}
		return overlaps;
	}

	private static double number(Map<String, Object> bar, String key) {
		return ((Number) Objects.requireNonNull(bar.get(key))).doubleValue();
	}

	private List<String> consoleErrors() {
		return this.browser.manage()
			.logs()
			.get(LogType.BROWSER)
			.getAll()
			.stream()
			.filter((entry) -> entry.getLevel().intValue() >= Level.WARNING.intValue())
			.map(Object::toString)
			.toList();
	}

	private void screenshot(String name) throws IOException {
		Files.createDirectories(SCREENSHOTS);
		byte[] picture = Objects.requireNonNull(this.browser.getScreenshotAs(OutputType.BYTES));
		Files.write(SCREENSHOTS.resolve(name + ".png"), picture);
	}

}
