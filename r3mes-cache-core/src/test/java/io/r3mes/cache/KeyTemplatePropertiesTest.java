package io.r3mes.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Distinct ids make distinct keys, which match their template and hold nothing that means something in Redis. */
class KeyTemplatePropertiesTest {

    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._:/|@=+,%~-]*");
    private static final List<String> AWKWARD = List.of(
            "",
            "a",
            "b",
            "c",
            "a:b",
            "b:c",
            ":",
            "::",
            "a:",
            ":a",
            "*",
            "?",
            "[",
            "]",
            "\\",
            "^",
            "-",
            "{",
            "}",
            "{a}",
            "%",
            "%3A",
            "%3a",
            "%25",
            "%253A",
            "~",
            "~~",
            "null",
            "%u",
            "%uD83D",
            "\r",
            "\n",
            "\r\n",
            "\0",
            "\u0001",
            "\u007f",
            "\u0080",
            "\u00a0",
            "\u2028",
            "\u202e",
            "\ufeff",
            "\ufffd",
            "?\ufffd",
            " ",
            "\t",
            "é",
            "e\u0301",
            "Å",
            "A\u030a",
            "\u212b",
            "ﬁ",
            "fi",
            "ß",
            "ss",
            "SS",
            "İ",
            "i",
            "I",
            "ı",
            "😀",
            "👩‍👩‍👧",
            "\ud83d",
            "\ude00",
            "\ud83d\ud83d",
            "\ude00\ud83d",
            "\ud83dx\ude00",
            "日本",
            "٣",
            "3",
            "/",
            "|",
            "@",
            "=",
            "+",
            ",",
            "a,b",
            "a/b",
            "user:*",
            "<ns>",
            "'",
            "\"",
            "`",
            "$",
            "#",
            ";",
            "&",
            "(",
            ")",
            "!",
            "×",
            "A".repeat(200),
            "A".repeat(201),
            "A".repeat(202),
            ":".repeat(66),
            ":".repeat(67),
            "é".repeat(5_000),
            "x".repeat(10_000),
            "x".repeat(9_999) + "y");

    private final SplittableRandom random = new SplittableRandom(20261122);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user:{a?}:{b?}",
                "{a?}/{b?}",
                "{a?}:{b?}:{a?}",
                "p.{a?}-:-{b?}.s",
                "{sha256(a)?}|{sha256(b)?}",
                "x:{sha256(a)?}:{b?}"
            })
    void everyTwoAwkwardIdsMakeTwoKeys(String text) {
        KeyTemplate template = KeyTemplate.parse(text);
        List<String> values = new ArrayList<>(AWKWARD);
        values.add(null);
        Map<String, KeyParts> ids = new HashMap<>();
        for (String a : values) {
            for (String b : values) {
                KeyParts id = KeyParts.of(a, b);
                String key = template.render(id);
                assertThat(ids.put(key, id)).as("%s and %s", id, key).isNull();
                checkKey(template, id, key);
            }
        }
    }

    @Test
    void aMillionPairsOfRandomIdsNeverShareAKey() {
        KeyTemplate template = KeyTemplate.parse("user:{a?}:{b?}");
        for (int i = 0; i < 1_000_000; i++) {
            String a = text();
            String b = text();
            String c = random.nextInt(4) == 0 ? a : nearby(a);
            String d = random.nextInt(4) == 0 ? b : nearby(b);
            KeyParts left = KeyParts.of(a, b);
            KeyParts right = random.nextBoolean() ? KeyParts.of(c, d) : shifted(a, b);
            String leftKey = template.render(left);
            String rightKey = template.render(right);
            if (leftKey.equals(rightKey) != left.equals(right)) {
                assertThat(leftKey).as("%s and %s", left, right).isNotEqualTo(rightKey);
            }
            if (!SAFE.matcher(leftKey).matches() || i % 16 == 0) {
                checkKey(template, left, leftKey);
            }
        }
    }

    @Test
    void anIdThatIsNotTextHasItsCanonicalText() {
        KeyTemplate template = KeyTemplate.parse("t:{a}");

        assertThat(template.render(42)).isEqualTo("t:42");
        assertThat(template.render(-1L)).isEqualTo("t:-1");
        assertThat(template.render(Thread.State.NEW)).isEqualTo("t:NEW");
        assertThat(template.render(java.time.LocalDate.of(2026, 11, 22))).isEqualTo("t:2026-11-22");
        assertThat(template.render(java.util.UUID.fromString("123e4567-e89b-12d3-a456-426614174000")))
                .isEqualTo("t:123e4567-e89b-12d3-a456-426614174000");
        assertThat(template.render(java.net.URI.create("http://h/?a"))).isEqualTo("t:http%3A%2F%2Fh%2F%3Fa");
        assertThat(template.render(new java.math.BigDecimal("1.0")))
                .isNotEqualTo(template.render(new java.math.BigDecimal("1.00")));
        assertThat(template.render(new StringBuilder("x"))).isEqualTo("t:x");
        assertThat(template.render('x')).isEqualTo("t:x");
        assertThat(template.render(true)).isEqualTo("t:true");
    }

    private static void checkKey(KeyTemplate template, KeyParts id, String key) {
        assertThat(key).matches(SAFE);
        assertThat(key.length()).isLessThan(1_000);
        List<String> parts = template.match(key);
        assertThat(parts).isEqualTo(template.parts(id));
        assertThat(template.join(parts)).isEqualTo(key);
    }

    /** The same characters with the border between the two values elsewhere. */
    private KeyParts shifted(String a, String b) {
        String joined = (a == null ? "" : a) + ":" + (b == null ? "" : b);
        int border = random.nextInt(joined.length());
        return KeyParts.of(joined.substring(0, border), joined.substring(border + 1));
    }

    private String nearby(String text) {
        if (text == null) {
            return text();
        }
        return switch (random.nextInt(6)) {
            case 0 -> Normalizer.normalize(text, Normalizer.Form.NFD);
            case 1 -> Normalizer.normalize(text, Normalizer.Form.NFC);
            case 2 -> text + text();
            case 3 -> text.isEmpty() ? null : text.substring(1);
            case 4 -> text.replace(':', '%');
            default -> KeyTemplate.parse("{a}").render(text);
        };
    }

    private String text() {
        return switch (random.nextInt(8)) {
            case 0 -> AWKWARD.get(random.nextInt(AWKWARD.size() - 4));
            case 1 -> AWKWARD.get(random.nextInt(20)) + AWKWARD.get(random.nextInt(20));
            case 2 -> random.nextInt(20) == 0 ? null : "w" + random.nextInt(10);
            default -> characters();
        };
    }

    private String characters() {
        char[] chars = new char[random.nextInt(6)];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char)
                    switch (random.nextInt(5)) {
                        case 0 -> ":*?[]\\^-{}%~".charAt(random.nextInt(12));
                        case 1 -> random.nextInt(0x21);
                        case 2 -> 0xD7F0 + random.nextInt(0x820);
                        case 3 -> random.nextInt(0x10000);
                        default -> 'a' + random.nextInt(3);
                    };
        }
        return new String(chars);
    }

    @Test
    void theAwkwardTextsAreDistinct() {
        assertThat(AWKWARD).doesNotHaveDuplicates().hasSizeGreaterThan(90);
        assertThat(Arrays.asList("é", "e\u0301")).doesNotHaveDuplicates();
    }
}
