package io.r3mes.cache;

import io.r3mes.cache.KeyTemplate.Function;
import io.r3mes.cache.KeyTemplate.Placeholder;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits the text of a key template into literals and placeholders: always one literal more than placeholders. */
final class KeyTemplateParser {

    private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9._:/|@=+,-]*");
    private static final Pattern SEPARATOR = Pattern.compile(".*[:/|@=+,].*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]*(\\.[A-Za-z_$][A-Za-z0-9_$]*)*");
    private static final Pattern CALL = Pattern.compile("([A-Za-z][A-Za-z0-9]*)\\((.*)\\)");

    private final String text;
    private final List<String> literals = new ArrayList<>();
    private final List<Placeholder> slots = new ArrayList<>();

    KeyTemplateParser(String text) {
        this.text = text;
    }

    List<String> literals() {
        return literals;
    }

    List<Placeholder> slots() {
        return slots;
    }

    void parse() {
        if (text.isBlank()) {
            throw malformed("it is empty", "Write a key such as 'user:info:{wallet}'");
        }
        int at = 0;
        int open;
        while ((open = text.indexOf('{', at)) >= 0) {
            literal(text.substring(at, open));
            int close = closing(open);
            slots.add(placeholder(text.substring(open + 1, close).strip()));
            at = close + 1;
        }
        literal(text.substring(at));
        checkSeparated();
    }

    private void literal(String literal) {
        if (!LITERAL.matcher(literal).matches()) {
            throw malformed(
                    "'" + literal + "' holds a character that a key cannot have",
                    "Use letters, digits and . _ - : / | @ = + , outside of placeholders");
        }
        literals.add(literal);
    }

    private void checkSeparated() {
        for (int i = 1; i < slots.size(); i++) {
            if (!SEPARATOR.matcher(literals.get(i)).matches()) {
                throw malformed(
                        "nothing separates " + slots.get(i - 1) + " from " + slots.get(i),
                        "Put one of : / | @ = + , between two placeholders");
            }
        }
    }

    /** The index of the brace that closes the one at {@code open}, skipping nested braces and quoted text. */
    private int closing(int open) {
        int depth = 0;
        char quote = 0;
        for (int i = open; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return i;
            }
        }
        throw malformed("the brace at character " + (open + 1) + " is not closed", "Add the missing '}'");
    }

    private Placeholder placeholder(String inner) {
        if (isExpression(inner)) {
            return new Placeholder(Function.NONE, inner, false);
        }
        boolean nullable = inner.endsWith("?");
        String core = nullable ? inner.substring(0, inner.length() - 1).strip() : inner;
        Matcher call = CALL.matcher(core);
        if (call.matches()) {
            return new Placeholder(
                    function(call.group(1)), argument(call.group(2).strip()), nullable);
        }
        return new Placeholder(Function.NONE, argument(core), nullable);
    }

    private Function function(String name) {
        for (Function function : Function.values()) {
            if (function != Function.NONE && function.label().equals(name)) {
                return function;
            }
        }
        throw malformed("there is no function '" + name + "'", "Use sha256, or an expression that begins with '#'");
    }

    private String argument(String argument) {
        if (isExpression(argument) || NAME.matcher(argument).matches()) {
            return argument;
        }
        throw malformed(
                "'{" + argument + "}' is no placeholder",
                "Use a parameter name, a property path, sha256(name), or an expression that begins with '#'");
    }

    private static boolean isExpression(String text) {
        return text.startsWith("#") && text.length() > 1;
    }

    private CacheConfigurationException malformed(String fault, String remedy) {
        return new CacheConfigurationException("Key template '" + text + "': " + fault + ". " + remedy + ".");
    }
}
