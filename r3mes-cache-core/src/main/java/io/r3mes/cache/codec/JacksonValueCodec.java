package io.r3mes.cache.codec;

import io.r3mes.cache.spi.ValueCodec;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.deser.DeserializationContextExt;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

/**
 * Compact UTF-8 JSON bound to the declared type. The bytes name no class and none is ever looked up by a name in them: a
 * type that asks for class names ({@code JsonTypeInfo.Id.CLASS}) is refused, one with logical names is not.
 *
 * <p>Unless {@linkplain #strict() strict}, reading tolerates unknown properties, so that nodes of two releases can share entries, and refuses a fraction where
 * an integer is declared, what follows the value, nesting beyond {@value #MAX_DEPTH} levels and more than
 * {@value #MAX_BYTES} bytes; writing refuses what reading would. Dates keep their time zone.
 */
public final class JacksonValueCodec implements ValueCodec {

    static final int MAX_DEPTH = 100;
    static final int MAX_BYTES = 64 << 20;

    private static final int MAX_NUMBER_LENGTH = 1000;
    private static final int MAX_NAME_LENGTH = 10_000;
    private static final int MAX_CACHED_TYPES = 1000;

    private final JsonMapper mapper;
    private final JsonFactory limited;
    private final ConcurrentMap<Type, ObjectWriter> writers = new ConcurrentHashMap<>();
    private final ConcurrentMap<Type, Root> roots = new ConcurrentHashMap<>();

    /** A codec with Jackson's defaults. */
    public JacksonValueCodec() {
        this(JsonMapper.builder().build());
    }

    /** A codec that writes values as {@code base} does, which itself is not changed. */
    public JacksonValueCodec(JsonMapper base) {
        this(bound(base), limited(base));
    }

    private JacksonValueCodec(JsonMapper mapper, JsonFactory limited) {
        this.mapper = mapper;
        this.limited = limited;
    }

    private static JsonFactory limited(JsonMapper base) {
        return base.tokenStreamFactory()
                .rebuild()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_BYTES)
                        .maxDocumentLength(MAX_BYTES)
                        .maxNameLength(MAX_NAME_LENGTH)
                        .maxNumberLength(MAX_NUMBER_LENGTH)
                        .build())
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .build())
                .build();
    }

    private static JsonMapper bound(JsonMapper base) {
        JsonMapper.Builder builder = base.rebuild();
        return builder.deactivateDefaultTyping()
                .polymorphicTypeValidator(
                        BasicPolymorphicTypeValidator.builder().build())
                .annotationIntrospector(
                        AnnotationIntrospector.pair(new ClassNamesRefused(), builder.annotationIntrospector()))
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(SerializationFeature.INDENT_OUTPUT)
                .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
                .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .build();
    }

    @Override
    public ValueCodec strict() {
        JsonMapper refusing = mapper.rebuild()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
        return new JacksonValueCodec(refusing, limited);
    }

    @Override
    public byte[] encode(Object value, Type type) throws IOException {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder();
                JsonGenerator generator = limited.createGenerator(mapper._serializationContext(), bytes)) {
            writer(type).writeValue(generator, value);
            generator.flush();
            if (bytes.size() > MAX_BYTES) {
                throw new IOException("The value takes " + bytes.size() + " bytes, more than " + MAX_BYTES);
            }
            return bytes.toByteArray();
        }
    }

    @Override
    public Object decode(byte[] bytes, int offset, int length, Type type) throws IOException {
        DeserializationContextExt context = mapper._deserializationContext();
        try (JsonParser parser = limited.createParser(context, bytes, offset, length)) {
            context.assignParser(parser);
            Object value = read(root(type, context), parser, context);
            if (value == null) {
                throw new IOException("The bytes hold a null, not a value of " + type.getTypeName());
            }
            return value;
        }
    }

    /** As an {@code ObjectReader} reads, which would make a context of its own beside that of the parser. */
    private static @Nullable Object read(Root root, JsonParser parser, DeserializationContextExt context) {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return context.reportInputMismatch(root.type, "No content to map due to end-of-input");
        }
        if (first == JsonToken.VALUE_NULL) {
            return root.deserializer.getNullValue(context);
        }
        Object value = context.readRootValue(parser, root.type, root.deserializer, null);
        context.checkUnresolvedObjectId();
        JsonToken trailing = parser.nextToken();
        return trailing == null ? value : context.reportTrailingTokens(root.type.getRawClass(), parser, trailing);
    }

    private Root root(Type type, DeserializationContextExt context) {
        Root known = roots.get(type);
        if (known != null) {
            return known;
        }
        JavaType javaType = mapper.constructType(type);
        Root built = new Root(javaType, context.findRootValueDeserializer(javaType));
        if (roots.size() < MAX_CACHED_TYPES) {
            roots.put(type, built);
        }
        return built;
    }

    private ObjectWriter writer(Type type) {
        ObjectWriter known = writers.get(type);
        if (known != null) {
            return known;
        }
        ObjectWriter built = mapper.writerFor(mapper.constructType(type));
        if (writers.size() < MAX_CACHED_TYPES) {
            writers.put(type, built);
        }
        return built;
    }

    private record Root(JavaType type, ValueDeserializer<Object> deserializer) {}
}
