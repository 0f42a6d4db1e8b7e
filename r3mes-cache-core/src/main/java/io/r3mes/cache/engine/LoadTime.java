package io.r3mes.cache.engine;

/** How long a value took to load, as one byte of its envelope: 0 if unknown, else eight steps for each doubling of 0.1 ms. */
final class LoadTime {

    static final byte UNKNOWN = 0;

    private static final double UNIT_NANOS = 100_000;
    private static final int STEPS = 8;
    private static final int MOST = 255;

    private LoadTime() {}

    static byte of(long nanos) {
        double doublings = Math.log(Math.max(1, nanos / UNIT_NANOS)) / Math.log(2);
        return (byte) Math.min(MOST, Math.max(1, Math.round(doublings * STEPS)));
    }

    /** The time that a byte stands for, in nanoseconds; 0 if it is unknown. */
    static double nanos(byte encoded) {
        int steps = Byte.toUnsignedInt(encoded);
        return steps == UNKNOWN ? 0 : UNIT_NANOS * Math.pow(2, steps / (double) STEPS);
    }
}
