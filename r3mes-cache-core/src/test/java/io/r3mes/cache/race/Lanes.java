package io.r3mes.cache.race;

import io.r3mes.cache.race.RaceFixture.Round;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Plays the rounds of a race in several lanes at once, so that one works while another waits for Redis. A lane plays its
 * rounds one after another, on ids that no other lane invalidates.
 */
final class Lanes {

    /** So few that rounds meet each other's remains. */
    private static final int IDS_EACH = 3;

    private final Ground ground;
    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong inFaults = new AtomicLong();
    private volatile boolean failed;

    Lanes(Ground ground) {
        this.ground = ground;
    }

    /**
     * How many rounds were played.
     *
     * @param rounds those that ended while no fault was under way
     * @param inFaults the others
     */
    record Played(long rounds, long inFaults) {}

    /** The ids of all lanes of a ground. */
    static List<String> ids(Ground ground) {
        return IntStream.range(0, ground.lanes() * IDS_EACH)
                .mapToObj(n -> id(n / IDS_EACH, n))
                .toList();
    }

    /** A pattern for all ids of the lane to which an id belongs, and for those that begin with one of them. */
    static String all(String id) {
        return id.charAt(0) + "*";
    }

    private static String id(int lane, long round) {
        return (char) ('a' + lane) + Long.toString(round % IDS_EACH);
    }

    /**
     * Plays as many rounds as the ground asks for, and more while a fault is under way. A failure ends all lanes.
     *
     * @param races what each lane plays
     */
    Played play(List<Round> races, ExecutorService threads) throws Exception {
        List<Future<?>> lanes = new ArrayList<>();
        for (int i = 0; i < races.size(); i++) {
            int lane = i;
            lanes.add(threads.submit(() -> {
                play(lane, races.get(lane));
                return lane;
            }));
        }
        for (Future<?> lane : lanes) {
            lane.get();
        }
        return new Played(rounds.get(), inFaults.get());
    }

    private void play(int lane, Round round) throws Exception {
        boolean ended = false;
        try {
            for (long own = 0; isMoreToPlay(); own++) {
                round.run(id(lane, own));
                (ground.roundPlayed() ? rounds : inFaults).incrementAndGet();
            }
            ended = true;
        } finally {
            if (!ended) {
                failed = true;
            }
        }
    }

    private boolean isMoreToPlay() {
        return !failed && (rounds.get() < ground.rounds() || ground.isFaultUnderWay());
    }
}
