package io.r3mes.cache.fault;

import java.time.Duration;

/** The form of a fault test: short in the test command, long at night. */
enum Form {
    SHORT,
    LONG;

    static Form current() {
        return "long".equals(System.getProperty("r3mes.faults")) ? LONG : SHORT;
    }

    static Duration of(Duration inShort, Duration inLong) {
        return current() == LONG ? inLong : inShort;
    }

    static int of(int inShort, int inLong) {
        return current() == LONG ? inLong : inShort;
    }
}
