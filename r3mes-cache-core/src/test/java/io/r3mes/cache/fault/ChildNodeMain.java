package io.r3mes.cache.fault;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CachePolicy.Load;
import io.r3mes.cache.runtime.R3mesCache;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/** A node in a process of its own, which does what it is told on its standard input and answers line by line. */
public final class ChildNodeMain {

    static final CachePolicy POLICY = CachePolicy.of("shared", "shared:{id}")
            .withLoad(new Load(Duration.ofMillis(500), Duration.ofSeconds(60), Duration.ofSeconds(10)));

    private static final long READ_PAUSE = Duration.ofNanos(100_000).toNanos();

    private final PrintStream answers;
    private final SharedVersion database;
    private final CacheManager node;
    private final Cache<String, Long> cache;
    private final ReadSource source = new ReadSource();
    private final Queue<Read> reads = new ConcurrentLinkedQueue<>();
    private final Semaphore released = new Semaphore(0);

    private ChildNodeMain(String uri, Path file, PrintStream answers) {
        this.answers = answers;
        this.database = new SharedVersion(file);
        this.node = R3mesCache.builder()
                .namespace(Arena.NAMESPACE)
                .redis(Arena.settings(uri))
                .caches(POLICY)
                .observer(source)
                .build();
        this.cache = node.cache(POLICY.name(), Long.class);
    }

    /** What the child remembers of a read. Times of {@link System#nanoTime} are those of the whole machine on Linux. */
    private record Read(long startedAt, boolean local, long version) {}

    /** Arguments: the URI of Redis, the file of the database. */
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        new ChildNodeMain(arguments[0], Path.of(arguments[1]), answers).obey();
    }

    private void obey() throws IOException {
        while (node.status().fenced()) {
            LockSupport.parkNanos(READ_PAUSE);
        }
        answers.println("ready");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] words = order.split(" ", -1);
            switch (words[0]) {
                case "read" -> background(this::readOn);
                case "hits" -> answers.println(hits(Long.parseLong(words[1])));
                case "older" -> answers.println(older(Long.parseLong(words[1]), Long.parseLong(words[2])));
                case "load" -> background(() -> load(words[1]));
                case "release" -> released.release();
                default -> throw new IllegalArgumentException(order);
            }
        }
        node.close();
    }

    private void readOn() {
        while (true) {
            source.forget();
            long startedAt = System.nanoTime();
            Long version = cache.get("read", (id, context) -> database.read());
            reads.add(new Read(startedAt, source.last() == ReadSource.Source.LOCAL, version));
            LockSupport.parkNanos(READ_PAUSE);
        }
    }

    /** Hits of the near cache by reads that started since then. */
    private long hits(long since) {
        return reads.stream()
                .filter(read -> read.local() && read.startedAt() >= since)
                .count();
    }

    /** Reads that started since then and returned something older. */
    private long older(long since, long version) {
        return reads.stream()
                .filter(read -> read.version() < version && read.startedAt() >= since)
                .count();
    }

    /** Loads, and keeps the old version in hand until it is released. */
    private void load(String id) {
        Long loaded = cache.get(id, (wanted, context) -> {
            long version = database.read();
            answers.println("loading");
            released.acquireUninterruptibly();
            return version;
        });
        answers.println("returned " + loaded);
    }

    private static void background(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }
}
