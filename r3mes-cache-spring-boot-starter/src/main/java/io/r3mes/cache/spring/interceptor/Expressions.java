package io.r3mes.cache.spring.interceptor;

import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;

/**
 * SpEL over a call. The variables are the parameters by name, {@code #p0} and {@code #a0} by position, and those of the
 * {@link Scope}; {@code #root} is the call itself; {@code @name} is a bean. Unknown variables are refused when compiled.
 */
final class Expressions {

    private final SpelExpressionParser parser = new SpelExpressionParser();
    private final BeanFactory beans;

    Expressions(BeanFactory beans) {
        this.beans = beans;
    }

    Extractor compile(String text, Scope scope) {
        Expression expression = parse(text, scope);
        return call -> expression.getValue(context(call));
    }

    /** Compiles to an extractor of values of a type, converted if need be. */
    Extractor compile(String text, Scope scope, Class<?> type) {
        Expression expression = parse(text, scope);
        return call -> expression.getValue(context(call), type);
    }

    /** Compiles a condition; null for an empty text. */
    @Nullable Condition condition(String text, Scope scope) {
        if (text.isBlank()) {
            return null;
        }
        Expression expression = parse(text, scope);
        return call -> Boolean.TRUE.equals(expression.getValue(context(call), Boolean.class));
    }

    /** Whether an expression uses a variable. */
    boolean uses(String text, String variable, Scope scope) {
        Set<String> found = new LinkedHashSet<>();
        variables(((SpelExpression) parse(text, scope)).getAST(), found);
        return found.contains(variable);
    }

    private Expression parse(String text, Scope scope) {
        SpelExpression expression;
        try {
            expression = parser.parseRaw(text);
        } catch (ParseException malformed) {
            throw scope.fault(
                    "the expression \"" + text + "\" is not valid SpEL: " + malformed.getSimpleMessage() + ".",
                    "Correct it at character " + (malformed.getPosition() + 1) + ".");
        }
        Set<String> found = new LinkedHashSet<>();
        variables(expression.getAST(), found);
        for (String name : found) {
            if (!known(name, scope)) {
                throw scope.fault(
                        "the expression \"" + text + "\" uses #" + name + ", which is unknown"
                                + (scope.arguments() ? " (" + scope.signature().knownParameters() + ")." : " here."),
                        "Use " + usable(scope) + ".");
            }
        }
        return expression;
    }

    private static boolean known(String name, Scope scope) {
        Signature signature = scope.signature();
        if (name.equals("root") || name.equals("this") || scope.variables().contains(name)) {
            return true;
        }
        if (!scope.arguments()) {
            return false;
        }
        if (signature.indexOf(name) >= 0) {
            return true;
        }
        for (int i = 0; i < signature.method().getParameterCount(); i++) {
            if (name.equals("p" + i) || name.equals("a" + i)) {
                return true;
            }
        }
        return false;
    }

    private static String usable(Scope scope) {
        Set<String> names = new LinkedHashSet<>();
        List<String> parameters = scope.signature().names();
        if (scope.arguments() && parameters != null) {
            parameters.forEach(name -> names.add("#" + name));
        }
        for (int i = 0; scope.arguments() && i < scope.signature().method().getParameterCount(); i++) {
            names.add("#p" + i);
        }
        scope.variables().forEach(name -> names.add("#" + name));
        return names.isEmpty() ? "no variable" : "one of " + String.join(", ", names);
    }

    private static void variables(SpelNode node, Set<String> found) {
        if (node instanceof VariableReference reference) {
            found.add(reference.toStringAST().substring(1));
        }
        for (int i = 0; i < node.getChildCount(); i++) {
            variables(node.getChild(i), found);
        }
    }

    private EvaluationContext context(Call call) {
        StandardEvaluationContext context = new StandardEvaluationContext(Root.of(call));
        context.setBeanResolver(new BeanFactoryResolver(beans));
        List<String> names = call.signature().names();
        @Nullable Object[] arguments = call.arguments();
        for (int i = 0; i < arguments.length; i++) {
            context.setVariable("p" + i, arguments[i]);
            context.setVariable("a" + i, arguments[i]);
            if (names != null) {
                context.setVariable(names.get(i), arguments[i]);
            }
        }
        call.variables().forEach(context::setVariable);
        return context;
    }

    /** Decides over a call. */
    @FunctionalInterface
    interface Condition {
        boolean holds(Call call);
    }

    /** What {@code #root} is. */
    record Root(
            String methodName,
            Method method,
            @Nullable Object target,
            Class<?> targetClass,
            @Nullable Object[] args) {

        private static Root of(Call call) {
            Signature signature = call.signature();
            return new Root(
                    signature.method().getName(),
                    signature.method(),
                    call.target(),
                    signature.type(),
                    call.arguments());
        }
    }
}
