package io.r3mes.cache.benchmarks.micro;

import io.r3mes.cache.benchmarks.Plan;
import io.r3mes.cache.benchmarks.Row;
import io.r3mes.cache.benchmarks.Suite;
import io.r3mes.cache.benchmarks.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What calls are made of: keys, the codec, a miss without a server; and a key that four threads read. */
public final class SmallCostSuite implements Suite {

    private static final int THREADS = 4;

    @Override
    public String name() {
        return "small-costs";
    }

    @Override
    public List<Row> measure(Plan plan) throws Exception {
        Map<String, String> pairs = new LinkedHashMap<>();
        pairs.put("key", "keyByHand");
        pairs.put("keyOfTwo", "keyOfTwoByHand");
        pairs.put("encode", "encodeByMapper");
        pairs.put("decode", "decodeByMapper");
        pairs.put("miss", "missByCaffeine");
        List<String> alone = new ArrayList<>(pairs.keySet());
        alone.addAll(pairs.values());
        Jmh one = new Jmh(plan, SmallCosts.class, 1, alone);
        Jmh contended = new Jmh(plan, SmallCosts.class, THREADS, List.of("oneKey", "oneKeyByCaffeine"));
        List<Row> rows = new ArrayList<>();
        pairs.forEach((ours, floor) -> rows.addAll(rows(one, ours, floor, ours)));
        rows.addAll(rows(contended, "oneKey", "oneKeyByCaffeine", "near hit, one key, " + THREADS + " threads"));
        return rows;
    }

    private static List<Row> rows(Jmh jmh, String ours, String floor, String path) {
        return List.of(
                new Row(path, "ns", jmh.time(floor, floor), jmh.time(ours, ours), Target.none()),
                new Row(path, "B", jmh.bytes(floor, floor), jmh.bytes(ours, ours), Target.none()));
    }
}
