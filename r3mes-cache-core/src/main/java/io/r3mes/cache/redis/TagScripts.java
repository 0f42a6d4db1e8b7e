package io.r3mes.cache.redis;

/**
 * The scripts on tag sets: sorted sets whose members are keys, scored by the server time of their expiry in microseconds.
 *
 * <p>In the first part of a tag, the empty member tells until when further parts may have members. It is no key.
 */
final class TagScripts {

    /** Defines {@code now} and {@code text(number)}. */
    private static final String PRELUDE = """
            local time = redis.call('TIME')
            local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
            local function text(number) return string.format('%.0f', number) end
            """;

    /**
     * KEYS: for each addition the tag's first part and the key's further part, or the first part again if there are no further
     * ones. ARGV: size of a part, most members to prune of each part; then for each addition its key, milliseconds to live, how
     * many milliseconds a further part outlives its members. Additions to one tag follow each other; as long as they fit into
     * its first part and no further ones may have members, they are one step.
     */
    static final LuaScript ADD = new LuaScript(PRELUDE + """
            local size, most = tonumber(ARGV[1]), tonumber(ARGV[2])
            local key, life, expiry, others
            local function keep(set, millis)
              if redis.call('PTTL', set) < millis then redis.call('PEXPIRE', set, text(millis)) end
            end
            local function put(set, millis)
              redis.call('ZADD', set, expiry, key)
              keep(set, millis)
            end
            local function prune(set)
              local expired = redis.call('ZRANGEBYSCORE', set, '-inf', text(now), 'LIMIT', 0, most)
              if #expired > 0 then redis.call('ZREM', set, unpack(expired)) end
              return #expired
            end
            local function bound(set)
              local excess = redis.call('ZCARD', set) - size
              if excess > 0 then redis.call('ZPOPMIN', set, math.min(excess, most)) end
            end
            local function addAll(first, from, to)
              local scored, longest = {}, 0
              for i = from, to, 3 do
                local millis = tonumber(ARGV[i + 1])
                longest = math.max(longest, millis)
                scored[#scored + 1] = text(now + millis * 1000)
                scored[#scored + 1] = ARGV[i]
              end
              redis.call('ZADD', first, unpack(scored))
              return longest
            end
            local function addOne(first, further, from)
              key, life = ARGV[from], tonumber(ARGV[from + 1])
              expiry = text(now + life * 1000)
              if first == further then
                put(first, life)
                bound(first)
              elseif redis.call('ZCARD', first) < size or redis.call('ZSCORE', first, key) then
                put(first, life)
                redis.call('ZREM', further, key)
              else
                prune(further)
                put(further, life + tonumber(ARGV[from + 2]))
                bound(further)
                others = math.max(others, life)
              end
            end
            local i = 1
            while i <= #KEYS do
              local first, last = KEYS[i], i
              while KEYS[last + 2] == first do last = last + 2 end
              local from, to = 3 * (i + 1) / 2, 3 * (last + 1) / 2
              local members = redis.call('ZCARD', first)
              if members > 0 then members = members - prune(first) end
              if members == 0 and (last - i) / 2 < size then
                redis.call('PEXPIRE', first, text(addAll(first, from, to)))
              elseif members + (last - i) / 2 < size and not redis.call('ZSCORE', first, '') then
                keep(first, addAll(first, from, to))
              else
                others = 0
                for j = i, last, 2 do addOne(first, KEYS[j + 1], 3 * (j + 1) / 2) end
                if others > 0 then
                  redis.call('ZADD', first, 'GT', text(now + others * 1000), '')
                  keep(first, others)
                end
              end
              i = last + 2
            end
            return #KEYS
            """);

    /** KEYS: first part. ARGV: limit. Returns the number of members, whether there may be further parts, and keys. */
    static final LuaScript MEMBERS = new LuaScript(PRELUDE + """
            local later, limit = '(' .. text(now), tonumber(ARGV[1])
            local flag = tonumber(redis.call('ZSCORE', KEYS[1], '') or 0) > now and 1 or 0
            local reply = {redis.call('ZCOUNT', KEYS[1], later, '+inf') - flag, flag}
            if limit > 0 then
              local page = redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', later, 'LIMIT', 0, limit + flag)
              for _, key in ipairs(page) do
                if key ~= '' and #reply < limit + 2 then reply[#reply + 1] = key end
              end
            end
            return reply
            """);

    /** KEYS: further parts. ARGV: limit. Returns the number of members, and keys. */
    static final LuaScript FURTHER_MEMBERS = new LuaScript(PRELUDE + """
            local later, limit = '(' .. text(now), tonumber(ARGV[1])
            local reply = {0}
            for _, part in ipairs(KEYS) do
              reply[1] = reply[1] + redis.call('ZCOUNT', part, later, '+inf')
              local room = limit + 1 - #reply
              if room > 0 then
                local page = redis.call('ZREVRANGEBYSCORE', part, '+inf', later, 'LIMIT', 0, room)
                for _, key in ipairs(page) do reply[#reply + 1] = key end
              end
            end
            return reply
            """);

    /**
     * KEYS: first part, its name when detached. ARGV: milliseconds to live. Returns 0 if there are no members, 1 if they
     * are detached, 2 if there may be further parts.
     */
    static final LuaScript DETACH = new LuaScript(PRELUDE + """
            if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
            local further = tonumber(redis.call('ZSCORE', KEYS[1], '') or 0) > now
            redis.call('ZREM', KEYS[1], '')
            if redis.call('EXISTS', KEYS[1]) == 1 then
              redis.call('RENAME', KEYS[1], KEYS[2])
              redis.call('PEXPIRE', KEYS[2], ARGV[1])
            end
            return further and 2 or 1
            """);

    /**
     * KEYS: for each further part its name and its name when detached. ARGV: milliseconds to live, how many more each part
     * has than the one before it. Returns the places of those that exist, from 1.
     */
    static final LuaScript DETACH_FURTHER = new LuaScript("""
            local found = {}
            for i = 1, #KEYS, 2 do
              if redis.call('EXISTS', KEYS[i]) == 1 then
                local place = (i + 1) / 2
                redis.call('RENAME', KEYS[i], KEYS[i + 1])
                redis.call('PEXPIRE', KEYS[i + 1], ARGV[1] + place * ARGV[2])
                found[#found + 1] = place
              end
            end
            return found
            """);

    private TagScripts() {}
}
