package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {

    @ParameterizedTest
    @CsvSource({
        "user:*, user:1, true",
        "user:*, user:, true",
        "user:*, users:1, false",
        "*, '', true",
        "a, '', false",
        "?, '', false",
        "*:info:*, user:info:7, true",
        "*:info:*, user:info, false",
        "user:?, user:1, true",
        "user:?, user:12, false",
        "a*b*c, aXbYc, true",
        "a*b*c, aXcYb, false",
        "a**b, ab, true",
        "*aab, aaab, true",
        "a\\*b, a*b, true",
        "a\\*b, aXb, false",
        "a\\?b, a?b, true",
        "a\\?b, aXb, false",
        "a\\\\b, a\\b, true",
        "a\\, a\\, true",
        "[ab], a, false",
        "[ab], [ab], true",
        "a, b, false",
        "a*, b, false"
    })
    void matches(String glob, String key, boolean expected) {
        assertThat(Glob.compile(glob).matches(key)).isEqualTo(expected);
    }

    @Test
    void agreesWithTheRegularExpressionOfTheSameMeaning() {
        Random random = new Random(11);
        for (int i = 0; i < 5_000; i++) {
            String glob = text(random, "ab*?", 1 + random.nextInt(8));
            String key = text(random, "ab", random.nextInt(10));
            Pattern pattern = Pattern.compile(glob.replaceAll("\\*+", ".*").replace('?', '.'));
            if (glob.replaceAll("\\*+", "*").chars().filter(c -> c == '*').count() <= 8) {
                assertThat(Glob.compile(glob).matches(key))
                        .as("%s on %s", glob, key)
                        .isEqualTo(pattern.matcher(key).matches());
            }
        }
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void takesTimeLinearInTheKey() {
        Glob glob = Glob.compile("*a*a*a*a*a*a*a*b");
        String key = "a".repeat(200_000);
        assertThat(glob.matches(key)).isFalse();
        assertThat(glob.matches(key + "b")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"user:*, user:", "user:?:x, user:", "*, ''", "a\\*b*, a*b", "plain, plain"})
    void knowsThePrefixOfAllMatches(String glob, String prefix) {
        assertThat(Glob.compile(glob).literalPrefix()).isEqualTo(prefix);
        assertThat(Glob.compile(glob)).hasToString(glob);
    }

    @Test
    void refusesWhatIsTooLongOrTooManyStarsOrEmpty() {
        assertThatIllegalArgumentException().isThrownBy(() -> Glob.compile("")).withMessageContaining("1 to 256");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Glob.compile("a".repeat(257)))
                .withMessageContaining("257");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Glob.compile("*a*a*a*a*a*a*a*a*"))
                .withMessageContaining("at most 8 stars");
        assertThat(Glob.compile("a".repeat(256)).matches("a".repeat(256))).isTrue();
        assertThat(Glob.compile("********************").matches("x")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\u0000", "\u007f"})
    void refusesControlCharacters(String glob) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Glob.compile(glob))
                .withMessageContaining("control characters");
    }

    private static String text(Random random, String alphabet, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
