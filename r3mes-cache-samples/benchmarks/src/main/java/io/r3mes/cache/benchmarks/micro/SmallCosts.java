package io.r3mes.cache.benchmarks.micro;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.KeyParts;
import io.r3mes.cache.KeyTemplate;
import io.r3mes.cache.Loader;
import io.r3mes.cache.benchmarks.fixture.Application;
import io.r3mes.cache.benchmarks.fixture.Profile;
import io.r3mes.cache.codec.JacksonValueCodec;
import io.r3mes.cache.runtime.R3mesCache;
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
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** Keys, codec, misses without a server, and one key that all threads read, each beside the plainest way to do it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SmallCosts {

    private static final int LOADED = 1 << 20;
    private static final Loader<Object, Profile, RuntimeException> LOADER = (wallet, context) -> Profile.of("wallet");

    private final KeyTemplate one = KeyTemplate.parse("profile:{wallet}");
    private final KeyTemplate two = KeyTemplate.parse("session:{wallet}:{session}");
    private final JacksonValueCodec codec = new JacksonValueCodec();
    private final JsonMapper mapper = JsonMapper.builder().build();
    private final ObjectWriter writer = mapper.writerFor(Profile.class);
    private final ObjectReader reader = mapper.readerFor(Profile.class);
    private final String wallet = Profile.wallet(17);
    private final Profile profile = Profile.of(wallet);
    private final byte[] json = writer.writeValueAsBytes(profile);

    private CacheManager manager;
    private Cache<Object, Profile> cache;
    private com.github.benmanes.caffeine.cache.Cache<Object, Profile> caffeine;
    private int loaded;

    @Setup(Level.Trial)
    public void start() {
        CachePolicy policy = CachePolicy.of("profiles", "profile:{wallet}")
                .withTtl(Application.TTL)
                .withLocal(new CachePolicy.Local(true, Application.NEAR_ENTRIES, Application.TTL));
        manager = R3mesCache.builder().caches(policy).inMemory().build();
        cache = manager.cache("profiles", Profile.class);
        caffeine = Caffeine.newBuilder()
                .maximumSize(Application.NEAR_ENTRIES)
                .expireAfterWrite(Application.TTL)
                .build();
        caffeine.put(wallet, profile);
        cache.get(wallet, LOADER);
    }

    @TearDown(Level.Trial)
    public void stop() {
        manager.close();
    }

    @Benchmark
    public String key() {
        return one.render(wallet);
    }

    @Benchmark
    public String keyByHand() {
        return "profile:" + wallet;
    }

    @Benchmark
    public String keyOfTwo() {
        return two.render(KeyParts.of(wallet, 17));
    }

    @Benchmark
    public String keyOfTwoByHand() {
        return "session:" + wallet + ":" + 17;
    }

    @Benchmark
    public byte[] encode() throws Exception {
        return codec.encode(profile, Profile.class);
    }

    @Benchmark
    public byte[] encodeByMapper() {
        return writer.writeValueAsBytes(profile);
    }

    @Benchmark
    public Object decode() throws Exception {
        return codec.decode(json, 0, json.length, Profile.class);
    }

    @Benchmark
    public Object decodeByMapper() {
        return reader.readValue(json);
    }

    /** The entry that was there goes first, so that memory does not fill. */
    @Benchmark
    public Profile miss() {
        int id = loaded++ & LOADED - 1;
        cache.delete(id);
        return cache.get(id, LOADER);
    }

    @Benchmark
    public Profile missByCaffeine() {
        int id = loaded++ & LOADED - 1;
        caffeine.invalidate(id);
        return caffeine.get(id, missing -> LOADER.load(missing, null));
    }

    @Benchmark
    public Profile oneKey() {
        return cache.get(wallet, LOADER);
    }

    @Benchmark
    public Profile oneKeyByCaffeine() {
        return caffeine.getIfPresent(wallet);
    }
}
