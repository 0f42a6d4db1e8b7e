package io.r3mes.cache;

import io.r3mes.cache.KeyTemplate.Function;
import io.r3mes.cache.KeyTemplate.Placeholder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The escaped text of one value in a key. Escaping is injective: a plain character stands for itself, any other for the
 * {@code %XX} of its UTF-8 bytes, an unpaired surrogate for {@code %uXXXX}. {@code ~} never results from a value, so it
 * marks null ({@code ~}) and the hash of a long text ({@code ~<hex>}).
 */
final class KeyText {

    static final int LONGEST = 200;

    private static final HexFormat HEX = HexFormat.of();
    private static final HexFormat UPPER_HEX = HexFormat.of().withUpperCase();

    private KeyText() {}

    static String part(Placeholder placeholder, @Nullable Object value) {
        if (value == null) {
            if (placeholder.nullable()) {
                return "~";
            }
            throw new CacheKeyException("the value is null. Pass a value, or "
                    + (placeholder.isExpression() && placeholder.function() == Function.NONE
                            ? "let the expression give another text for null."
                            : "write '" + placeholder.allowingNull() + "' in the template to allow null."));
        }
        String text = canonical(value);
        if (placeholder.function() == Function.SHA256) {
            return sha256(text);
        }
        String escaped = escape(text);
        return escaped.length() <= LONGEST ? escaped : "~" + sha256(escaped);
    }

    /** Whether an escaped value can hold the character. */
    static boolean isPart(int c) {
        return isPlain(c) || c == '%' || c == '~';
    }

    private static String canonical(Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        if (value instanceof CharSequence
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof Character
                || value instanceof UUID
                || value instanceof URI
                || value instanceof TemporalAccessor
                || value instanceof TemporalAmount) {
            return value.toString();
        }
        throw new CacheKeyException("a " + value.getClass().getName()
                + " has no canonical text. Use one of its properties, such as {user.id}, or pass a string, a number, an"
                + " enum constant, a UUID, a URI or a java.time value.");
    }

    private static String escape(String text) {
        int length = text.length();
        int i = 0;
        while (i < length && isPlain(text.charAt(i))) {
            i++;
        }
        if (i == length) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(length + 16).append(text, 0, i);
        while (i < length) {
            int point = text.codePointAt(i);
            if (isPlain(point)) {
                escaped.append((char) point);
            } else if (isUnpaired(point)) {
                escaped.append("%u").append(UPPER_HEX.toHexDigits((char) point));
            } else {
                for (byte b : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
                    escaped.append('%').append(UPPER_HEX.toHexDigits(b));
                }
            }
            i += Character.charCount(point);
        }
        return escaped.toString();
    }

    private static boolean isUnpaired(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    /** UTF-8. A text with an unpaired surrogate has none: its escaped text then, after a byte that UTF-8 never holds. */
    private static byte[] bytes(String text) {
        return text.codePoints().noneMatch(KeyText::isUnpaired)
                ? text.getBytes(StandardCharsets.UTF_8)
                : ('\u00ff' + escape(text)).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HEX.formatHex(digest.digest(bytes(text)));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("Every Java platform has SHA-256", absent);
        }
    }
}
