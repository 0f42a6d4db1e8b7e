package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.WarmTask;
import io.r3mes.cache.WarmTask.Cause;
import io.r3mes.cache.spring.R3mesCacheWarm;
import io.r3mes.cache.spring.interceptor.Expressions.Condition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.convert.DurationStyle;

/** Makes warm tasks of annotations and of the configuration. */
public final class WarmTasks {

    private static final String ANNOTATION = "R3mesCacheWarm";

    private final ConfigurableListableBeanFactory beans;
    private final Expressions expressions;
    private final ReadInterceptor reads;

    WarmTasks(ConfigurableListableBeanFactory beans, Expressions expressions, ReadInterceptor reads) {
        this.beans = beans;
        this.expressions = expressions;
        this.reads = reads;
    }

    /**
     * When the configuration says that a cache is warmed; null leaves what the annotation says.
     *
     * @param onStartup whether before the application becomes ready
     * @param every the period
     */
    public record Schedule(
            @Nullable Boolean onStartup, @Nullable Duration every) {

        boolean warms() {
            return Boolean.TRUE.equals(onStartup) || every != null;
        }
    }

    List<Planned> of(AnnotatedMethods methods, Map<String, Schedule> configured) {
        List<Warm> warms = new ArrayList<>();
        Map<String, Schedule> open = new LinkedHashMap<>(configured);
        for (AnnotatedMethod method : methods.all()) {
            List<R3mesCacheWarm> annotations = method.annotations().warms();
            String cache = method.annotations().cacheable() == null
                    ? null
                    : method.annotations().cacheable().cache();
            Schedule schedule = cache == null ? null : configured.get(cache);
            if (!annotations.isEmpty()) {
                requireCacheable(method);
                annotations.forEach(annotation -> warms.add(annotated(method, annotation, schedule)));
            } else if (schedule != null && schedule.warms()) {
                warms.add(configured(method, schedule));
            }
            if (cache != null) {
                open.remove(cache);
            }
        }
        open.values().removeIf(schedule -> !schedule.warms());
        for (String cache : open.keySet()) {
            throw new CacheConfigurationException(
                    "r3mes.cache.caches." + cache + ".warm: no @R3mesCacheable method uses the cache '" + cache + "'.",
                    "Annotate the method that loads it, or register a WarmTask with the CacheWarmer instead.");
        }
        return tasks(warms);
    }

    private static void requireCacheable(AnnotatedMethod method) {
        Scope scope = Scope.before(ANNOTATION, method.signature());
        if (method.annotations().cacheable() == null) {
            throw scope.fault("the method is not cached.", "Add @R3mesCacheable to it, or move the annotation.");
        }
        String obstacle = method.obstacle();
        if (obstacle != null) {
            throw scope.fault("the method cannot be intercepted because " + obstacle + ".", "Remove that modifier.");
        }
    }

    private Warm annotated(AnnotatedMethod method, R3mesCacheWarm annotation, @Nullable Schedule schedule) {
        Scope scope = Scope.event(ANNOTATION, method.signature());
        int parameters = method.signature().method().getParameterCount();
        String[] args = annotation.args();
        if (args.length != parameters) {
            throw scope.fault(
                    "args has " + args.length + " expression(s), but the method has " + parameters + " parameter(s).",
                    "Give one expression for each parameter, such as args = \"#event.wallet\".");
        }
        Boolean startup = schedule == null ? null : schedule.onStartup();
        Duration period = schedule == null ? null : schedule.every();
        boolean onStartup = startup == null ? annotation.onStartup() : startup;
        Duration every = period == null ? period(annotation, scope) : period;
        if (!onStartup && every == null && annotation.on().length == 0 && startup == null) {
            throw scope.fault("it never warms.", "Set onStartup, every or on.");
        }
        boolean needsEvent = Stream.concat(Stream.of(args), Stream.of(annotation.condition()))
                .anyMatch(text -> !text.isBlank() && expressions.uses(text, Call.EVENT, scope));
        if (needsEvent && (onStartup || every != null || annotation.on().length == 0)) {
            throw scope.fault(
                    "#event is used, but at start-up and on a schedule there is no event.",
                    "Use a second @R3mesCacheWarm for the event, with on = ..");
        }
        Class<?>[] types = method.signature().method().getParameterTypes();
        List<Extractor> arguments = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            arguments.add(expressions.compile(args[i], scope, types[i]));
        }
        Invocation invocation = new Invocation(method, arguments, expressions.condition(annotation.condition(), scope));
        return new Warm(invocation, onStartup, every, Set.of(annotation.on()));
    }

    private static Warm configured(AnnotatedMethod method, Schedule schedule) {
        String cache = method.annotations().cacheable() == null
                ? ""
                : method.annotations().cacheable().cache();
        if (method.signature().method().getParameterCount() > 0) {
            throw new CacheConfigurationException(
                    "r3mes.cache.caches." + cache + ".warm: the method " + method.signature() + " has parameters.",
                    "Use @R3mesCacheWarm with args on that method instead.");
        }
        return new Warm(
                new Invocation(method, List.of(), null),
                Boolean.TRUE.equals(schedule.onStartup()),
                schedule.every(),
                Set.of());
    }

    private @Nullable Duration period(R3mesCacheWarm annotation, Scope scope) {
        String text = beans.resolveEmbeddedValue(annotation.every());
        if (text == null || text.isBlank()) {
            return null;
        }
        Duration period;
        try {
            period = DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException malformed) {
            throw scope.fault("every = \"" + text + "\" is no duration.", "Write one such as \"5m\" or \"30s\".");
        }
        if (period.isZero() || period.isNegative()) {
            throw scope.fault("every = \"" + text + "\" is not positive.", "Write one such as \"5m\" or \"30s\".");
        }
        return period;
    }

    private List<Planned> tasks(List<Warm> warms) {
        Map<String, Integer> perCache = new HashMap<>();
        for (Warm warm : warms) {
            perCache.merge(warm.invocation().cache(), 1, Integer::sum);
        }
        Map<String, Integer> used = new HashMap<>();
        List<Planned> tasks = new ArrayList<>();
        for (Warm warm : warms) {
            Invocation invocation = warm.invocation();
            String name = invocation.cache();
            if (perCache.getOrDefault(name, 1) > 1) {
                String method = name + ":" + invocation.method().bean() + "."
                        + invocation.method().signature().method().getName();
                int count = used.merge(method, 1, Integer::sum);
                name = count == 1 ? method : method + "#" + count;
            }
            WarmMethod action = new WarmMethod(beans, reads, invocation);
            WarmTask task = new WarmTask(
                    name,
                    warm.onStartup(),
                    warm.every(),
                    warm.events(),
                    trigger -> action.run(trigger.event(), trigger.cause() == Cause.STARTUP));
            tasks.add(new Planned(invocation.cache(), task));
        }
        return tasks;
    }

    /** A task and the cache that it warms. */
    public record Planned(String cache, WarmTask task) {}

    private record Warm(
            Invocation invocation,
            boolean onStartup,
            @Nullable Duration every,
            Set<Class<?>> events) {}

    /** The call that warms. */
    record Invocation(
            AnnotatedMethod method,
            List<Extractor> arguments,
            @Nullable Condition condition) {

        String cache() {
            return method.annotations().cacheable() == null
                    ? ""
                    : method.annotations().cacheable().cache();
        }
    }
}
