package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.Cache;
import io.r3mes.cache.benchmarks.Figure;
import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import io.r3mes.cache.benchmarks.fixture.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Many entries stored at once, as a warmer does. Each round stores entries of its own. */
public final class Warming implements Suite {

    private static final int KEYS = 100_000;

    private int next;

    @Override
    public String name() {
        return "warm";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        int keys = plan.keys(KEYS);
        try (Arena arena = new Arena()) {
            Cache<String, Profile> cache = arena.cache(Arena.FAR);
            Cache<String, Profile> shared = arena.cache(Arena.FAR.withTags(InvalidateMany.TAG));
            List<Fill> fills = List.of(
                    arena.bare()::setAll,
                    wallets -> Filling.byGetAll(cache, wallets),
                    wallets -> Filling.byGetAll(shared, wallets));
            List<List<Double>> rates = new ArrayList<>();
            for (Fill fill : fills) {
                rates.add(new ArrayList<>());
                keysPerSecond(fill, KEYS / 5);
            }
            for (int i = 0; i < plan.rounds(); i++) {
                for (int each = 0; each < fills.size(); each++) {
                    rates.get(each).add(keysPerSecond(fills.get(each), keys));
                }
            }
            return List.of(new Row(
                    "warm " + Row.number(keys) + " keys",
                    "keys/s",
                    median("Lettuce SET EX, pipelined", rates.get(0)),
                    median("r3mes-cache", rates.get(1)),
                    Target.ratioAtLeast(0.6),
                    List.of(median("r3mes-cache, all with one tag", rates.get(2)))));
        }
    }

    /** Stores entries. */
    @FunctionalInterface
    private interface Fill {
        void run(List<String> wallets) throws Exception;
    }

    private double keysPerSecond(Fill fill, int keys) throws Exception {
        List<String> wallets =
                IntStream.range(next, next += keys).mapToObj(Profile::wallet).toList();
        long from = System.nanoTime();
        fill.run(wallets);
        return keys * 1e9 / (System.nanoTime() - from);
    }

    private static Figure median(String name, List<Double> rates) {
        return new Figure(name, Math.rint(Numbers.median(rates.stream().mapToDouble(Double::doubleValue))));
    }
}
