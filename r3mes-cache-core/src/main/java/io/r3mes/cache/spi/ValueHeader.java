package io.r3mes.cache.spi;

/**
 * Where a stored value carries its birth, so that a store can compare it in place: a value begins with {@link #MAGIC},
 * the bit {@link #NULL} of the byte at {@link #FLAGS_OFFSET} says that it stands for null, the eight bytes at {@link #GENERATION_OFFSET} are the generation of the log that it was born in, and the eight at {@link
 * #BIRTH_OFFSET} are its birth, all big-endian.
 */
public final class ValueHeader {

    public static final byte MAGIC = 'R';
    public static final int FLAGS_OFFSET = 2;
    public static final byte NULL = 1;
    public static final int GENERATION_OFFSET = 4;
    public static final int BIRTH_OFFSET = 12;
    public static final int BIRTH_END = BIRTH_OFFSET + Long.BYTES;

    private ValueHeader() {}
}
