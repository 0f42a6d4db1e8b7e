package io.r3mes.cache.spi;

import java.lang.reflect.Type;

/** Turns values into bytes and back, bound to the declared type. Thread-safe. */
public interface ValueCodec {

    /**
     * @throws Exception if the value cannot be encoded as {@code type}
     */
    byte[] encode(Object value, Type type) throws Exception;

    /**
     * @throws Exception if the bytes are not a value of {@code type}
     */
    Object decode(byte[] bytes, int offset, int length, Type type) throws Exception;

    /** A codec of the same form that refuses fields which the type lacks; this one if it does so, or knows no fields. */
    default ValueCodec strict() {
        return this;
    }
}
