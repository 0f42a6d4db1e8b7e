package io.r3mes.cache.benchmarks.micro;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.Loader;
import io.r3mes.cache.benchmarks.fixture.Application;
import io.r3mes.cache.benchmarks.fixture.Profile;
import io.r3mes.cache.benchmarks.fixture.ProfileService;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Hits of the near cache by every way that leads there, beside Caffeine itself. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NearHits {

    private static final int KEYS = 1 << 10;
    private static final Loader<String, Profile, RuntimeException> LOADER = (wallet, context) -> Profile.of(wallet);

    private Application application;
    private ProfileService service;
    private Cache<String, Profile> cache;
    private com.github.benmanes.caffeine.cache.Cache<String, Profile> caffeine;
    private com.github.benmanes.caffeine.cache.Cache<String, Profile> timeless;

    /** Walks through the keys, each thread from a place of its own. */
    @State(Scope.Thread)
    public static class Cursor {

        private final String[] wallets = new String[KEYS];
        private int at = (int) (Thread.currentThread().getId() * 97);

        public Cursor() {
            for (int i = 0; i < KEYS; i++) {
                wallets[i] = Profile.wallet(i);
            }
        }

        String next() {
            return wallets[++at & KEYS - 1];
        }
    }

    @Setup(Level.Trial)
    public void start() {
        application = Application.start();
        service = application.bean(ProfileService.class);
        cache = application.bean(CacheManager.class).cache("profiles", Profile.class);
        caffeine = Application.caffeine();
        timeless = Caffeine.newBuilder().maximumSize(Application.NEAR_ENTRIES).build();
        Cursor cursor = new Cursor();
        for (int i = 0; i < 2 * KEYS; i++) {
            String wallet = cursor.next();
            caffeine.put(wallet, Profile.of(wallet));
            timeless.put(wallet, Profile.of(wallet));
            service.profile(wallet);
            service.session(wallet, 7);
            service.springProfile(wallet);
            service.springSession(wallet, 7);
        }
    }

    @TearDown(Level.Trial)
    public void stop() {
        application.close();
    }

    @Benchmark
    public Profile caffeine(Cursor cursor) {
        return caffeine.getIfPresent(cursor.next());
    }

    @Benchmark
    public Profile caffeineWithoutTtl(Cursor cursor) {
        return timeless.getIfPresent(cursor.next());
    }

    @Benchmark
    public Profile api(Cursor cursor) {
        return cache.get(cursor.next(), LOADER);
    }

    @Benchmark
    public Profile annotation(Cursor cursor) {
        return service.profile(cursor.next());
    }

    @Benchmark
    public Profile annotationOfTwo(Cursor cursor) {
        return service.session(cursor.next(), 7);
    }

    @Benchmark
    public Profile springAnnotation(Cursor cursor) {
        return service.springProfile(cursor.next());
    }

    @Benchmark
    public Profile springAnnotationOfTwo(Cursor cursor) {
        return service.springSession(cursor.next(), 7);
    }
}
