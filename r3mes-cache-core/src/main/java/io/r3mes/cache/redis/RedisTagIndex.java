package io.r3mes.cache.redis;

import static io.r3mes.cache.redis.LuaScript.bytes;

import io.r3mes.cache.spi.TagIndex;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One sorted set per tag, its members scored by expiry. */
final class RedisTagIndex implements TagIndex {

    /** How long a detached set waits to be used up. */
    private static final Duration DETACHED_LIFE = Duration.ofMinutes(10);

    /** KEYS: tag sets. ARGV: member, milliseconds to live. Drops up to 16 expired members of each set. */
    private static final LuaScript ADD = new LuaScript("""
            local time = redis.call('TIME')
            local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
            local life = tonumber(ARGV[2])
            for _, set in ipairs(KEYS) do
              redis.call('ZADD', set, string.format('%.0f', now + life * 1000), ARGV[1])
              local expired = redis.call('ZRANGEBYSCORE', set, '-inf', string.format('%.0f', now), 'LIMIT', 0, 16)
              if #expired > 0 then redis.call('ZREM', set, unpack(expired)) end
              if redis.call('PTTL', set) < life then redis.call('PEXPIRE', set, ARGV[2]) end
            end
            return #KEYS
            """);

    /** KEYS: tag set, its name when detached. ARGV: milliseconds to live. */
    private static final LuaScript DETACH = new LuaScript("""
            if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
            redis.call('RENAME', KEYS[1], KEYS[2])
            return redis.call('PEXPIRE', KEYS[2], ARGV[1])
            """);

    private final RedisLink link;
    private final RedisKeys keys;
    private final LongSupplier random;

    RedisTagIndex(RedisLink link, RedisKeys keys, LongSupplier random) {
        this.link = link;
        this.keys = keys;
        this.random = random;
    }

    @Override
    public CompletionStage<Void> add(String key, Collection<String> tags, Duration ttl) {
        if (tags.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        String[] sets = tags.stream().map(keys::members).toArray(String[]::new);
        return ADD.number(link, sets, bytes(key), bytes(Math.max(1, ttl.toMillis())))
                .thenAccept(count -> {});
    }

    @Override
    public CompletionStage<@Nullable String> detach(String tag) {
        String set = keys.members(tag);
        String detached = set + ":" + Long.toHexString(random.getAsLong());
        return DETACH.flag(link, new String[] {set, detached}, bytes(DETACHED_LIFE.toMillis()))
                .thenApply(found -> found ? detached : null);
    }

    @Override
    public CompletionStage<List<String>> take(String detached, int limit) {
        return link.call(commands -> commands.zpopmin(detached, limit)
                .thenApply(taken -> taken.stream()
                        .map(member -> LuaScript.text(member.getValue()))
                        .toList()));
    }
}
