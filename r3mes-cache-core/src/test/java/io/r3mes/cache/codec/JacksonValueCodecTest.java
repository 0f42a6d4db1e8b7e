package io.r3mes.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.r3mes.cache.ValueType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

class JacksonValueCodecTest {

    private final JacksonValueCodec codec = new JacksonValueCodec();

    @Test
    void roundTripsRecordsWithEveryKindOfComponent() throws Exception {
        Account account = new Account(
                "Zoë 日本 😀 \u0000\n\"\\",
                new BigDecimal("12345678901234567890.1234567890"),
                new BigInteger("9".repeat(300)),
                Long.MIN_VALUE,
                Instant.parse("2026-11-22T10:15:30.123456789Z"),
                ZonedDateTime.parse("2026-03-29T01:59:59.5+01:00[Europe/Berlin]"),
                LocalDate.of(2026, 2, 28),
                Duration.ofNanos(1),
                UUID.randomUUID(),
                Optional.of(Level.GOLD),
                null);

        assertThat(roundTrip(account, Account.class)).isEqualTo(account);
    }

    @Test
    void roundTripsGenericAndNestedTypes() throws Exception {
        Type type = new ValueType<Map<String, List<Page<Block>>>>() {}.type();
        Map<String, List<Page<Block>>> value =
                Map.of("a", List.of(new Page<>(List.of(new Block(1, "x"), new Block(2, "y")), 7)), "b", List.of());

        assertThat(roundTrip(value, type)).isEqualTo(value);
        assertThat(roundTrip(List.of(new Block(1, "x")), new ValueType<List<Block>>() {}.type()))
                .isEqualTo(List.of(new Block(1, "x")));
        assertThat(roundTrip(new long[] {1, 2}, long[].class)).isEqualTo(new long[] {1, 2});
        assertThat(roundTrip(42L, Long.class)).isEqualTo(42L);
        assertThat(roundTrip("", String.class)).isEqualTo("");
    }

    @Test
    void roundTripsNamedSubtypes() throws Exception {
        assertThat(roundTrip(new Circle(2), Shape.class)).isEqualTo(new Circle(2));
    }

    @Test
    void writesCompactUtf8WithoutClassNames() throws Exception {
        byte[] bytes = codec.encode(new Block(1, "ü"), Block.class);

        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("{\"height\":1,\"hash\":\"ü\"}");
    }

    @Test
    void readsOnlyTheGivenRangeOfTheBytes() throws Exception {
        byte[] bytes = "##{\"height\":1,\"hash\":\"x\"}##".getBytes(StandardCharsets.UTF_8);

        assertThat(codec.decode(bytes, 2, bytes.length - 4, Block.class)).isEqualTo(new Block(1, "x"));
    }

    @Test
    void toleratesUnknownAndMissingProperties() throws Exception {
        assertThat(decode("{\"height\":1,\"added\":{\"deep\":[1,2]}}", Block.class))
                .isEqualTo(new Block(1, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{",
                "[]",
                "{\"height\":1} {}",
                "{\"height\":1}x",
                "{\"height\":\"x\"}",
                "{\"height\":1,\"hash\":{}}",
                "<xml/>"
            })
    void refusesBytesThatAreNotOneValueOfTheType(String json) {
        assertThatThrownBy(() -> decode(json, Block.class)).isInstanceOf(Exception.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"@class\":\"io.r3mes.cache.codec.JacksonValueCodecTest$Gadget\",\"command\":\"x\"}",
                "[\"io.r3mes.cache.codec.JacksonValueCodecTest$Gadget\",{\"command\":\"x\"}]",
                "{\"@type\":\"io.r3mes.cache.codec.JacksonValueCodecTest$Gadget\",\"command\":\"x\"}",
                "{\"@c\":\".JacksonValueCodecTest$Gadget\",\"command\":\"x\"}"
            })
    void neverInstantiatesAClassNamedInTheBytes(String json) throws Exception {
        Gadget.CREATED.set(0);
        JsonMapper careless = JsonMapper.builder()
                .activateDefaultTyping(
                        BasicPolymorphicTypeValidator.builder()
                                .allowIfBaseType(Object.class)
                                .build(),
                        DefaultTyping.NON_FINAL)
                .build();
        for (JacksonValueCodec each : List.of(codec, new JacksonValueCodec(careless))) {
            for (Type type :
                    List.of(Object.class, Block.class, Shape.class, Anything.class, ByClassName.class, Map.class)) {
                try {
                    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
                    Object value = each.decode(bytes, 0, bytes.length, type);
                    assertThat(value).isNotInstanceOf(Gadget.class);
                } catch (Exception plainFailure) {
                    assertThat(plainFailure).isNotNull();
                }
            }
        }
        assertThat(Gadget.CREATED).hasValue(0);
    }

    @Test
    void refusesTypesThatAskForClassNames() {
        assertThatThrownBy(() -> codec.encode(new Gadget(), ByClassName.class))
                .hasMessageContaining("ByClassName asks for class names")
                .hasMessageContaining("JsonTypeInfo.Id.NAME");
        assertThatThrownBy(() -> decode("{}", ByClassName.class)).hasMessageContaining("asks for class names");
    }

    @Test
    @Timeout(5)
    void refusesDeepNestingFast() {
        for (Type type : List.of(Object.class, Node.class, Block.class)) {
            assertThatThrownBy(() -> decode("[".repeat(5_000_000), type)).isInstanceOf(Exception.class);
            assertThatThrownBy(() -> decode("{\"next\":".repeat(500_000), type)).isInstanceOf(Exception.class);
        }
        assertThatThrownBy(() -> decode("[".repeat(101) + "]".repeat(101), Object.class))
                .hasMessageContaining("depth");
    }

    @Test
    void acceptsNestingUpToTheLimitAndRefusesToWriteWhatItWouldNotRead() throws Exception {
        assertThat(roundTrip(chain(JacksonValueCodec.MAX_DEPTH), Node.class))
                .isEqualTo(chain(JacksonValueCodec.MAX_DEPTH));
        assertThatThrownBy(() -> codec.encode(chain(JacksonValueCodec.MAX_DEPTH + 1), Node.class))
                .hasMessageContaining("depth");
    }

    @Test
    @Timeout(5)
    void refusesNumbersOfManyDigits() {
        assertThatThrownBy(() -> decode("9".repeat(1001), BigInteger.class)).hasMessageContaining("length");
        assertThatThrownBy(() -> decode("{\"height\":" + "9".repeat(1_000_000) + "}", Block.class))
                .isInstanceOf(Exception.class);
    }

    @Test
    void refusesToWriteAValueOfAnotherType() {
        assertThatThrownBy(() -> codec.encode("text", Block.class)).isInstanceOf(Exception.class);
    }

    @Test
    void keepsTheStyleOfTheGivenMapperAndLeavesItUnchanged() throws Exception {
        JsonMapper base = JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .enable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .build();
        String before = base.writeValueAsString(new Block(1, "x"));

        JacksonValueCodec styled = new JacksonValueCodec(base);

        assertThat(new String(styled.encode(new Block(1, "x"), Block.class), StandardCharsets.UTF_8))
                .isEqualTo("{\"Height\":1,\"Hash\":\"x\"}");
        assertThat(base.writeValueAsString(new Block(1, "x"))).isEqualTo(before);
        assertThat(base.isEnabled(SerializationFeature.INDENT_OUTPUT)).isTrue();
    }

    private Object roundTrip(Object value, Type type) throws Exception {
        byte[] bytes = codec.encode(value, type);
        return codec.decode(bytes, 0, bytes.length, type);
    }

    private Object decode(String json, Type type) throws Exception {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return codec.decode(bytes, 0, bytes.length, type);
    }

    private static Node chain(int depth) {
        Node node = null;
        for (int i = 0; i < depth; i++) {
            node = new Node(node);
        }
        return node;
    }

    enum Level {
        GOLD
    }

    record Account(
            String name,
            BigDecimal balance,
            BigInteger hashes,
            long id,
            Instant created,
            ZonedDateTime local,
            LocalDate day,
            Duration age,
            UUID token,
            Optional<Level> level,
            String absent) {}

    record Block(long height, String hash) {}

    record Page<T>(List<T> items, int total) {}

    record Node(Node next) {}

    record Anything(Object value) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes(@JsonSubTypes.Type(Circle.class))
    interface Shape {}

    @JsonTypeName("circle")
    record Circle(int radius) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface ByClassName {}

    static final class Gadget implements ByClassName {
        static final AtomicInteger CREATED = new AtomicInteger();

        public String command = Arrays.toString(new int[0]);

        Gadget() {
            CREATED.incrementAndGet();
        }
    }
}
