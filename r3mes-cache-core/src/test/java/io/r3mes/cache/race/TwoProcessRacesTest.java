package io.r3mes.cache.race;

import org.junit.jupiter.api.Nested;

/** The races between two JVMs on one Redis. */
class TwoProcessRacesTest {

    private static Ground ground() {
        return Ground.oneServer().acrossJvms();
    }

    @Nested
    class Loads extends LoadRacesTest {
        @Override
        Ground ground() {
            return TwoProcessRacesTest.ground();
        }
    }

    @Nested
    class Reads extends ReadRacesTest {
        @Override
        Ground ground() {
            return TwoProcessRacesTest.ground();
        }
    }

    @Nested
    class Writes extends WriteRacesTest {
        @Override
        Ground ground() {
            return TwoProcessRacesTest.ground();
        }
    }
}
