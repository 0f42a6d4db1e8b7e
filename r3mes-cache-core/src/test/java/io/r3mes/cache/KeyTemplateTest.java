package io.r3mes.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r3mes.cache.KeyTemplate.Function;
import io.r3mes.cache.KeyTemplate.Placeholder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTemplateTest {

    @Test
    void plainIdsStayReadable() {
        assertThat(KeyTemplate.parse("user:info:{wallet}").render("wallet123")).isEqualTo("user:info:wallet123");
        assertThat(KeyTemplate.parse("network:stats").render(KeyParts.NONE)).isEqualTo("network:stats");
        assertThat(KeyTemplate.parse("{a}:x:{b}:y").render(KeyParts.of("1", 2))).isEqualTo("1:x:2:y");
        assertThat(KeyTemplate.parse("{a}:{b}:{a}").render(KeyParts.of("1", "2")))
                .isEqualTo("1:2:1");
        assertThat(KeyTemplate.parse("{a}").render("x")).isEqualTo("x");
    }

    @Test
    void escapesWhatIsNotPlain() {
        assertThat(KeyTemplate.parse("u:{a}").render("a:b*{c}\n%~é😀\ud83d"))
                .isEqualTo("u:a%3Ab%2A%7Bc%7D%0A%25%7E%C3%A9%F0%9F%98%80%uD83D");
    }

    @Test
    void hashesAsTheTemplateSays() {
        assertThat(KeyTemplate.parse("api:key:{sha256(apiKey)}").render("abc"))
                .isEqualTo("api:key:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void shortensLongTextsToTheirHash() {
        KeyTemplate template = KeyTemplate.parse("u:{a}");

        assertThat(template.render("x".repeat(200))).isEqualTo("u:" + "x".repeat(200));
        assertThat(template.render("x".repeat(201))).matches("u:~[0-9a-f]{64}");
    }

    @Test
    void unpairedSurrogatesDoNotShareAHash() {
        KeyTemplate template = KeyTemplate.parse("{sha256(a)}");

        assertThat(List.of(
                        template.render("\ud83d"),
                        template.render("\ude00"),
                        template.render("?"),
                        template.render("%uD83D")))
                .doesNotHaveDuplicates();
    }

    @Test
    void nullIsAnIdOnlyWhereTheTemplateAllowsIt() {
        assertThat(KeyTemplate.parse("u:{a?}").render(null)).isEqualTo("u:~");
        assertThat(KeyTemplate.parse("u:{a?}").render("")).isEqualTo("u:");
        assertThat(KeyTemplate.parse("u:{sha256(a)?}").render(null)).isEqualTo("u:~");
        assertThatThrownBy(() -> KeyTemplate.parse("u:{a}").render(null))
                .isInstanceOf(CacheKeyException.class)
                .hasMessage(
                        "Key template 'u:{a}', placeholder {a}: the value is null. Pass a value, or write '{a?}' in the"
                                + " template to allow null.");
        assertThatThrownBy(() -> KeyTemplate.parse("u:{sha256(a)}").render(null))
                .hasMessageContaining("write '{sha256(a)?}' in the template");
        assertThatThrownBy(() -> KeyTemplate.parse("u:{#a.b}").render(null))
                .hasMessageContaining("let the expression give another text for null");
    }

    @Test
    void refusesAValueWithoutCanonicalTextAndDoesNotShowIt() {
        assertThatThrownBy(() -> KeyTemplate.parse("u:{a}").render(List.of("secret")))
                .isInstanceOf(CacheKeyException.class)
                .hasMessageContaining("Key template 'u:{a}', placeholder {a}: a java.util.")
                .hasMessageContaining("has no canonical text. Use one of its properties")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({"u,1,0", "u:{a}:{b},1,2", "{a}:{b}:{a},1,2"})
    void refusesOneValueForATemplateOfNoneOrSeveral(String text, int values, int placeholders) {
        assertThatThrownBy(() -> KeyTemplate.parse(text).render("x"))
                .isInstanceOf(CacheKeyException.class)
                .hasMessage("The key template '" + text + "' has " + placeholders + " placeholder(s) but the id has "
                        + values
                        + " value(s). Pass KeyParts.of(..) with one value for each placeholder, the value itself"
                        + " where there is one, or KeyParts.NONE where there is none.");
    }

    @Test
    void refusesTheWrongNumberOfParts() {
        assertThatThrownBy(() -> KeyTemplate.parse("u:{a}").render(KeyParts.of("x", "y")))
                .hasMessageContaining("has 1 placeholder(s) but the id has 2 value(s)");
        assertThatThrownBy(() -> KeyTemplate.parse("u:{a}").render(KeyParts.NONE))
                .hasMessageContaining("has 1 placeholder(s) but the id has 0 value(s)");
        assertThatThrownBy(() -> KeyTemplate.parse("u").render(KeyParts.of("x")))
                .hasMessageContaining("has 0 placeholder(s) but the id has 1 value(s)");
    }

    @Test
    void readsThePlaceholders() {
        KeyTemplate template =
                KeyTemplate.parse("a:{ name }:{request.wallet}:{sha256( key )}:{page?}:{#u.id + '}' + \"}\"}:{name}");

        assertThat(template.placeholders())
                .containsExactly(
                        new Placeholder(Function.NONE, "name", false),
                        new Placeholder(Function.NONE, "request.wallet", false),
                        new Placeholder(Function.SHA256, "key", false),
                        new Placeholder(Function.NONE, "page", true),
                        new Placeholder(Function.NONE, "#u.id + '}' + \"}\"", false));
        assertThat(template.placeholders())
                .extracting(Placeholder::isExpression)
                .containsExactly(false, false, false, false, true);
        assertThat(template.placeholders())
                .extracting(Placeholder::toString)
                .startsWith("{name}", "{request.wallet}", "{sha256(key)}", "{page?}");
        assertThat(template.indexOf(new Placeholder(Function.NONE, "page", true)))
                .isEqualTo(3);
        assertThat(template.indexOf(new Placeholder(Function.NONE, "page", false)))
                .isEqualTo(-1);
        assertThat(KeyTemplate.parse("m:{#map['{'] ?: {1,2}.size()}").placeholders())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", textBlock = """
                    '' -> it is empty. Write a key such as 'user:info:{wallet}'.
                    '  ' -> it is empty. Write a key such as 'user:info:{wallet}'.
                    u:{a -> the brace at character 3 is not closed. Add the missing '}'.
                    u:{#f("} -> the brace at character 3 is not closed. Add the missing '}'.
                    u:{{a} -> the brace at character 3 is not closed. Add the missing '}'.
                    u:a} -> 'u:a}' holds a character that a key cannot have. Use letters, digits and . _ - : / | @ = + , outside of placeholders.
                    u:* -> 'u:*' holds a character that a key cannot have. Use letters, digits and . _ - : / | @ = + , outside of placeholders.
                    u x:{a} -> 'u x:' holds a character that a key cannot have. Use letters, digits and . _ - : / | @ = + , outside of placeholders.
                    é:{a} -> 'é:' holds a character that a key cannot have. Use letters, digits and . _ - : / | @ = + , outside of placeholders.
                    u~%:{a} -> 'u~%:' holds a character that a key cannot have. Use letters, digits and . _ - : / | @ = + , outside of placeholders.
                    {a}{b} -> nothing separates {a} from {b}. Put one of : / | @ = + , between two placeholders.
                    {a}.-_{b} -> nothing separates {a} from {b}. Put one of : / | @ = + , between two placeholders.
                    {a}x{b?} -> nothing separates {a} from {b?}. Put one of : / | @ = + , between two placeholders.
                    u:{md5(a)} -> there is no function 'md5'. Use sha256, or an expression that begins with '#'.
                    u:{SHA256(a)} -> there is no function 'SHA256'. Use sha256, or an expression that begins with '#'.
                    u:{} -> '{}' is no placeholder. Use a parameter name, a property path, sha256(name), or an expression that begins with '#'.
                    u:{#} -> '{#}' is no placeholder. Use a parameter name, a property path, sha256(name), or an expression that begins with '#'.
                    u:{?} -> '{}' is no placeholder. Use a parameter name, a property path, sha256(name), or an expression that begins with '#'.
                    u:{sha256()} -> '{}' is no placeholder. Use a parameter name, a property path, sha256(name), or an expression that begins with '#'.
                    u:{a b} -> '{a b}' is no placeholder. Use a parameter name, a property path, sha256(name), or an expression that begins with '#'.
                    u:{a..b} -> '{a..b}' is no placeholder. Use a parameter name, a property path, sha256(name), or an expression that begins with '#'.
                    u:{1a} -> '{1a}' is no placeholder. Use a parameter name, a property path, sha256(name), or an expression that begins with '#'.
                    u:{sha256(sha256(a))} -> '{sha256(a)}' is no placeholder. Use a parameter name, a property path, sha256(name), or an expression that begins with '#'.
                    """, quoteCharacter = '`')
    void saysWhatIsWrongWithAMalformedTemplate(String text, String message) {
        String template = text.replace("'", "");
        assertThatThrownBy(() -> KeyTemplate.parse(template))
                .isInstanceOf(CacheConfigurationException.class)
                .hasMessage("Key template '" + template + "': " + message);
    }

    @Test
    void refusesControlCharactersInATemplate() {
        assertThatThrownBy(() -> KeyTemplate.parse("u:\n{a}")).isInstanceOf(CacheConfigurationException.class);
        assertThatThrownBy(() -> KeyTemplate.parse("u:\0")).isInstanceOf(CacheConfigurationException.class);
    }

    @Test
    void matchesOnlyKeysThatItCanMake() {
        KeyTemplate template = KeyTemplate.parse("user:{a}:{b}:{a}");

        assertThat(template.match("user:1:2:1")).containsExactly("1", "2");
        assertThat(template.match("user:::")).containsExactly("", "");
        assertThat(template.match("user:1:2:3")).isNull();
        assertThat(template.match("user:1:2")).isNull();
        assertThat(template.match("xuser:1:2:1")).isNull();
        assertThat(template.match("user:1:2:1\n")).isNull();
        assertThat(template.match("user:*:2:*")).isNull();
        assertThat(template.match("user:" + "x".repeat(201) + ":2:" + "x".repeat(201)))
                .isNull();
        assertThat(KeyTemplate.parse("network:stats").match("network:stats")).isEmpty();
        assertThat(KeyTemplate.parse("a.b").match("axb")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user:{id} = user:info",
                "user:{id} = user:{name}",
                "{a} = b",
                "{a}:x = y:{b}",
                "user:{id} = user:",
                "user:x-{id} = user:{id}-y",
                "{a}:{b} = x:{c}",
                "a:{x}.json = a:b.{y}",
                "a = a"
            })
    void templatesThatCanMakeOneKeyOverlap(String pair) {
        assertThat(overlap(pair)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user:{id} = user:{id}:orders",
                "user:info:{id} = user:credits:{id}",
                "user:{id} = users:{id}",
                "{a}:{b} = {c}",
                "{a}/x = {b}:x",
                "a:{x}.json = a:{y}.xml",
                "a = b",
                "user:{id} = user"
            })
    void templatesThatCannotMakeOneKeyDoNotOverlap(String pair) {
        assertThat(overlap(pair)).isFalse();
    }

    @Test
    void overlapOfLongTemplatesIsDecidedQuickly() {
        KeyTemplate left = KeyTemplate.parse("a{x}:".repeat(200) + "b");
        KeyTemplate right = KeyTemplate.parse("{x}a:".repeat(200) + "c");

        assertThat(left.overlaps(right)).isFalse();
    }

    @Test
    void templatesAreEqualByText() {
        assertThat(KeyTemplate.parse("u:{a}"))
                .isEqualTo(KeyTemplate.parse("u:{a}"))
                .hasSameHashCodeAs(KeyTemplate.parse("u:{a}"))
                .hasToString("u:{a}")
                .isNotEqualTo(KeyTemplate.parse("u:{b}"));
    }

    private static boolean overlap(String pair) {
        String[] texts = pair.split(" = ", -1);
        KeyTemplate left = KeyTemplate.parse(texts[0]);
        KeyTemplate right = KeyTemplate.parse(texts[1]);
        assertThat(left.overlaps(right)).isEqualTo(right.overlaps(left));
        return left.overlaps(right);
    }
}
