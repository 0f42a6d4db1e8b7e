package io.r3mes.cache;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A readable Redis key with placeholders, such as {@code user:info:{wallet}}. Immutable.
 *
 * <p>A placeholder is a name, a property path, a function of either ({@code {sha256(apiKey)}}) or, after {@code #}, an
 * expression that the annotations evaluate. A {@code ?} at its end allows null: {@code {page?}}. The template itself only
 * orders and escapes the values: two different lists of values never make the same key, and no value can add a separator,
 * a wildcard, a brace or a control character. Values made of letters, digits, {@code .}, {@code _} and {@code -} stay
 * readable; longer ones than 200 characters are replaced by their SHA-256.
 */
public final class KeyTemplate {

    private static final String PART = "([A-Za-z0-9._~%-]*)";

    private final String text;
    private final List<String> literals;
    private final List<Placeholder> slots;
    private final List<Placeholder> placeholders;
    /** For each slot, the index of its placeholder. */
    private final int[] order;

    private final Pattern pattern;

    private KeyTemplate(String text, List<String> literals, List<Placeholder> slots) {
        this.text = text;
        this.literals = List.copyOf(literals);
        this.slots = List.copyOf(slots);
        this.placeholders = List.copyOf(new LinkedHashSet<>(slots));
        this.order = slots.stream().mapToInt(placeholders::indexOf).toArray();
        this.pattern = compile(literals, slots);
    }

    /**
     * Compiles a template.
     *
     * @throws CacheConfigurationException if it is malformed; the message says where and what to change
     */
    public static KeyTemplate parse(String text) {
        KeyTemplateParser parser = new KeyTemplateParser(text);
        parser.parse();
        return new KeyTemplate(text, parser.literals(), parser.slots());
    }

    /** The text it was compiled from. */
    public String text() {
        return text;
    }

    /** The distinct placeholders in the order of their first appearance. */
    public List<Placeholder> placeholders() {
        return placeholders;
    }

    /** The index of a placeholder in {@link #placeholders()}, or -1. */
    public int indexOf(Placeholder placeholder) {
        return placeholders.indexOf(placeholder);
    }

    /**
     * The key of an id.
     *
     * @throws CacheKeyException if the id does not fit the placeholders
     */
    public String render(@Nullable Object id) {
        return join(parts(id));
    }

    /** The escaped values of an id, one for each of {@link #placeholders()}. */
    public List<String> parts(@Nullable Object id) {
        if (placeholders.size() == 1 && !(id instanceof KeyParts)) {
            return List.of(part(0, id));
        }
        if (!(id instanceof KeyParts given)) {
            throw misfit(1);
        }
        List<@Nullable Object> values = given.values();
        if (values.size() != placeholders.size()) {
            throw misfit(values.size());
        }
        List<String> parts = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            parts.add(part(i, values.get(i)));
        }
        return parts;
    }

    /** The key made of values that are escaped already. */
    public String join(List<String> parts) {
        String first = literals.get(0);
        if (order.length == 0) {
            return first;
        }
        if (order.length == 1) {
            return first.concat(parts.get(0)).concat(literals.get(1));
        }
        StringBuilder key = new StringBuilder(text.length() + 32).append(first);
        for (int i = 0; i < order.length; i++) {
            key.append(parts.get(order[i])).append(literals.get(i + 1));
        }
        return key.toString();
    }

    /** The escaped values that make {@code key}, or null if this template cannot make it. */
    public @Nullable List<String> match(String key) {
        Matcher matcher = pattern.matcher(key);
        if (!matcher.matches()) {
            return null;
        }
        List<String> parts = new ArrayList<>(placeholders.size());
        for (Placeholder placeholder : placeholders) {
            String part = matcher.group(slots.indexOf(placeholder) + 1);
            if (part.length() > KeyText.LONGEST) {
                return null;
            }
            parts.add(part);
        }
        return join(parts).equals(key) ? parts : null;
    }

    /** Whether some key can be made by both templates. */
    public boolean overlaps(KeyTemplate other) {
        return KeyTemplateOverlap.exists(literals, other.literals);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyTemplate that && that.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    private String part(int index, @Nullable Object value) {
        Placeholder placeholder = placeholders.get(index);
        try {
            return KeyText.part(placeholder, value);
        } catch (CacheKeyException refused) {
            throw new CacheKeyException(
                    "Key template '" + text + "', placeholder " + placeholder + ": " + refused.getMessage());
        }
    }

    private CacheKeyException misfit(int values) {
        return new CacheKeyException("The key template '" + text + "' has " + placeholders.size()
                + " placeholder(s) but the id has " + values + " value(s). Pass KeyParts.of(..) with one value for each"
                + " placeholder, the value itself where there is one, or KeyParts.NONE where there is none.");
    }

    private static Pattern compile(List<String> literals, List<Placeholder> slots) {
        StringBuilder regex = new StringBuilder(Pattern.quote(literals.get(0)));
        for (int i = 0; i < slots.size(); i++) {
            regex.append(PART).append(Pattern.quote(literals.get(i + 1)));
        }
        return Pattern.compile(regex.toString());
    }

    /**
     * A place in a template that a value fills.
     *
     * @param function what is applied to the value
     * @param argument a name, a property path, or an expression that begins with {@code #}
     * @param nullable whether null is allowed
     */
    public record Placeholder(Function function, String argument, boolean nullable) {

        public boolean isExpression() {
            return argument.startsWith("#");
        }

        Placeholder allowingNull() {
            return new Placeholder(function, argument, true);
        }

        @Override
        public String toString() {
            String inner = function == Function.NONE ? argument : function.label + "(" + argument + ")";
            return "{" + inner + (nullable ? "?" : "") + "}";
        }
    }

    /** What a placeholder applies to its value. */
    public enum Function {
        /** The value's text. */
        NONE(""),
        /** The SHA-256 of the text's UTF-8 bytes, in lower-case hexadecimal. */
        SHA256("sha256");

        private final String label;

        Function(String label) {
            this.label = label;
        }

        /** The name used in a template. */
        public String label() {
            return label;
        }
    }
}
