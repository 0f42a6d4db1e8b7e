package io.r3mes.cache.engine;

import java.util.concurrent.CompletableFuture;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Two permits that are taken, waited for, given up and given back at once. */
class PermitsInterleavingsTest {

    @Test
    void noPermitIsLostOrDoubled() {
        Interleavings.explore(Takers.class, Counted.class);
    }

    @Test
    void neitherByThreadsThatRunFreely() {
        Interleavings.stress(Takers.class, Counted.class);
    }

    public static final class Takers {

        private final Permits permits = new Permits(2);

        /** Takes a permit if one is free; else comes and goes. */
        @Operation
        public boolean tries() {
            CompletableFuture<Boolean> place = permits.take();
            return place.isDone() || !permits.leave(place);
        }

        @Operation
        public void gives() {
            permits.release();
        }
    }

    /** Permits may be given back that nobody took: then there are more. */
    public static final class Counted {

        private int free = 2;

        public boolean tries() {
            if (free > 0) {
                free--;
                return true;
            }
            return false;
        }

        public void gives() {
            free++;
        }
    }
}
