package io.r3mes.cache.benchmarks;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One cost of the cache, most often beside its floor, both measured in the same run.
 *
 * @param path what is done
 * @param unit of all figures, such as {@code ns} or {@code calls/s}
 * @param floor the same by what the cache is built on; null if nothing below does it
 * @param beside others, for scale
 */
public record Row(String path, String unit, @Nullable Figure floor, Figure ours, Target target, List<Figure> beside) {

    public Row(String path, String unit, Figure floor, Figure ours, Target target) {
        this(path, unit, floor, ours, target, List.of());
    }

    /** A row without a floor. */
    public Row(String path, String unit, Figure ours) {
        this(path, unit, null, ours, Target.none(), List.of());
    }

    /** Our figure divided by the floor's; no finite number without a floor or with one of nothing. */
    public double ratio() {
        return floor == null ? Double.NaN : ours.value() / floor.value();
    }

    /** As tables show it: three digits, or all those before the point. */
    public static String number(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 || value == Math.rint(value) ? 0 : size >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
