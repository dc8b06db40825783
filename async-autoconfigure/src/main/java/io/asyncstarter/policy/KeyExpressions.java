package io.asyncstarter.policy;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.NativeDetector;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelCompilerMode;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.SpelParserConfiguration;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.Literal;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/**
 * Compiles the expressions for keys. A constant and a plain argument need no evaluation;
 * others are evaluated by SpEL, which compiles them to byte code in time if it can.
 */
final class KeyExpressions {

	private static final List<String> BUILT_IN = List.of("root", "this");

	private final BeanResolver beans;

	KeyExpressions(BeanFactory beanFactory) {
		this.beans = new BeanFactoryResolver(beanFactory);
	}

	/**
	 * Compiles the expression of a method.
	 * @param annotated the method
	 * @param problems takes what is wrong with it
	 * @return the compiled expression, or {@code null} if there is none
	 */
	@Nullable KeyExpression compile(AnnotatedMethod annotated, List<ApplyPolicyProblem> problems) {
		String text = annotated.annotation().key();
		if (text.isEmpty()) {
			return null;
		}
		SpelExpression expression;
		try {
			expression = parser(annotated.type()).parseRaw(text);
		}
		catch (ParseException | IllegalStateException | IllegalArgumentException ex) {
			problems.add(annotated.problem(text, "the key is no SpEL expression: " + ex.getMessage(),
					"Write an expression such as '#p0', '#tenant' or '#order.customer'."));
			return null;
		}
		Map<String, Integer> arguments = arguments(annotated.method());
		int before = problems.size();
		checkNames(expression.getAST(), arguments, annotated, problems);
		return (problems.size() == before) ? compile(expression, arguments) : null;
	}

	private static SpelExpressionParser parser(Class<?> type) {
		SpelCompilerMode mode = (NativeDetector.inNativeImage()) ? SpelCompilerMode.OFF : SpelCompilerMode.MIXED;
		return new SpelExpressionParser(new SpelParserConfiguration(mode, type.getClassLoader()));
	}

	private static Map<String, Integer> arguments(Method method) {
		Map<String, Integer> arguments = new TreeMap<>();
		@Nullable String @Nullable [] names = DefaultParameterNameDiscoverer.getSharedInstance().getParameterNames(method);
		for (int i = 0; i < method.getParameterCount(); i++) {
			arguments.put("a" + i, i);
			arguments.put("p" + i, i);
		}
		for (int i = 0; names != null && i < names.length; i++) {
			String name = names[i];
			if (name != null) {
				arguments.put(name, i);
			}
		}
		return arguments;
	}

	private static void checkNames(SpelNode node, Map<String, Integer> arguments, AnnotatedMethod annotated,
			List<ApplyPolicyProblem> problems) {
		if (node instanceof VariableReference variable) {
			String name = variable.toStringAST().substring(1);
			if (!arguments.containsKey(name) && !BUILT_IN.contains(name)) {
				problems.add(unknown(name, arguments, annotated));
			}
		}
		else if (node instanceof FunctionReference function) {
			problems.add(annotated.problem(annotated.annotation().key(),
					"the key calls '%s', and there are no functions".formatted(function.toStringAST()),
					"Call a method of an argument or, as '@bean.method()', of a bean."));
		}
		for (int i = 0; i < node.getChildCount(); i++) {
			checkNames(node.getChild(i), arguments, annotated, problems);
		}
	}

	private static ApplyPolicyProblem unknown(String name, Map<String, Integer> arguments, AnnotatedMethod annotated) {
		List<String> known = new ArrayList<>(arguments.keySet());
		String names = (known.isEmpty()) ? "The method has no arguments."
				: "There are: #%s.".formatted(String.join(", #", known));
		if (known.size() == 2 * annotated.method().getParameterCount()) {
			names += " Arguments are known by their names if the class is compiled with '-parameters'.";
		}
		return annotated.problem("#" + name, "the key names an argument '#%s' that there is not".formatted(name), names,
				known.stream().map((candidate) -> "#" + candidate).toList());
	}

	private KeyExpression compile(SpelExpression expression, Map<String, Integer> arguments) {
		SpelNode root = expression.getAST();
		if (root instanceof Literal literal) {
			Object value = literal.getLiteralValue().getValue();
			return (invocation) -> value;
		}
		Integer index = (root instanceof VariableReference variable)
				? arguments.get(variable.toStringAST().substring(1)) : null;
		if (index != null) {
			int position = index;
			return (invocation) -> invocation.getArguments()[position];
		}
		return (invocation) -> expression.getValue(new KeyContext(invocation, arguments, this.beans));
	}

}
