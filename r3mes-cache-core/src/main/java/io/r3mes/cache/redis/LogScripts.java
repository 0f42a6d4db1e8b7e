package io.r3mes.cache.redis;

/**
 * The scripts on the log and the metadata beside it. KEYS[1] is the metadata, KEYS[2] the log.
 *
 * <p>The metadata is a hash: {@code g} generation, {@code r} replication id of the server that it began on, {@code q} last
 * position, {@code l} id of the last entry, {@code b} base, {@code t} configuration epoch that it began in, and rules:
 * {@code p:<glob>} and {@code c:<cache>} to their positions. Positions stay below 2^53, where Lua counts exactly, and are
 * written without exponent.
 *
 * <p>The nodes are a hash: each node to its applied position, the time when it said so and its maximal staleness, and
 * {@link #MARK} to the replication id of the server that has noted all of them and the time since when.
 */
final class LogScripts {

    /** How long the log keeps its entries. */
    static final long RETENTION_MICROS = 600_000_000L;

    static final int MOST_RULES = 512;
    static final long STAMP_MILLIS = 86_400_000L;
    static final int MOST_CONTESTANTS = 1_000;

    /** A node silent for that much longer than it trusts its near cache is forgotten. */
    static final long SILENCE_MICROS = 60_000_000L;

    /** The field of the nodes that is none. */
    static final String MARK = "~";

    /**
     * A write that changes nothing and takes no memory. Redis that is out of memory refuses a script's first write if it may
     * take some, and then none of the script, lest it end half done. So what is behind this is never refused for that.
     */
    private static final String ADMITTED = """
            redis.call('HDEL', KEYS[1], '')
            """;

    /** Defines {@code replication()}, which is empty if it cannot be known, and costs more than all else that a head takes. */
    private static final String REPLICATION = """
            local function replication()
              local info = redis.pcall('INFO', 'replication')
              return type(info) == 'string' and string.match(info, 'master_replid:(%w+)') or ''
            end
            """;

    /**
     * Defines {@code now}, {@code text(number)}, {@code lines(text)}, {@code replication()} and {@code state(floor)}:
     * generation, last position, last id, base, and whether the generation began just now. ARGV[1] is the generation to
     * begin if there is none; if ARGV[2] is {@code fence:} and the
     * highest configuration epoch known, one that began on another server or in an earlier epoch counts as none.
     */
    private static final String PRELUDE = REPLICATION + """
            local time = redis.call('TIME')
            local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
            local function text(number) return string.format('%.0f', number) end
            local function lines(joined)
              local found = {}
              for line in string.gmatch(joined, '([^\\n]*)\\n') do found[#found + 1] = line end
              return found
            end
            local function lastInLog()
              if redis.call('EXISTS', KEYS[2]) == 0 then return 0, '' end
              local position, id = 0, ''
              local info = redis.call('XINFO', 'STREAM', KEYS[2])
              for i = 1, #info, 2 do
                if info[i] == 'last-generated-id' then position = tonumber(string.match(info[i + 1], '^%d+')) end
              end
              local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
              if newest then
                for i = 1, #newest[2], 2 do
                  if newest[2][i] == 'i' then id = newest[2][i + 1] end
                end
              end
              return position, id
            end
            local function state(floor)
              local meta = redis.call('HMGET', KEYS[1], 'g', 'q', 'l', 'b', 'r', 't')
              local epoch = tonumber(string.match(ARGV[2], '^fence:(%d+)'))
              local fenced = epoch and (meta[5] ~= replication() or epoch > (tonumber(meta[6]) or 0))
              if meta[1] and meta[2] and meta[3] and meta[4] and meta[5] and not fenced then
                return meta[1], tonumber(meta[2]), meta[3], tonumber(meta[4]), false
              end
              local generation, id = ARGV[1], 'm' .. ARGV[1]
              local last, previous = lastInLog()
              local position = math.max(now, last + 1, floor + 1)
              redis.call('DEL', KEYS[1])
              redis.call('XADD', KEYS[2], text(position) .. '-0', 'k', 'm', 'v', generation .. '\\n',
                'i', id, 'p', previous)
              redis.call('HSET', KEYS[1], 'g', generation, 'q', text(position), 'l', id, 'b', text(position),
                'r', replication(), 't', text(epoch or 0))
              return generation, position, id, position, true
            end
            """;

    /** ARGV: generation, policy, floor. Returns generation, position, last id, server time. */
    static final LuaScript HEAD = new LuaScript(PRELUDE + """
                    local generation, position, id = state(tonumber(ARGV[3]))
                    return {generation, position, id, now}
                    """);

    /**
     * KEYS[3]: nodes. ARGV: generation, policy, node, its applied position, its maximal staleness, the silence after which a node
     * is forgotten, the field of the list's mark. Returns what HEAD returns, and the replication id. Marks a list that this server does not keep yet. Looks
     * for silent nodes in one of 64 calls.
     */
    static final LuaScript BEAT = new LuaScript(PRELUDE + ADMITTED + """
                    redis.call('HSET', KEYS[3], ARGV[3], ARGV[4] .. ':' .. text(now) .. ':' .. ARGV[5])
                    local mark = redis.call('HGET', KEYS[3], ARGV[7]) or ''
                    local server, since = string.match(mark, '^(%w*):(%d+)$')
                    local replication = replication()
                    if server ~= replication or tonumber(since) > now then
                      redis.call('HSET', KEYS[3], ARGV[7], replication .. ':' .. text(now))
                    end
                    if now % 64 == 0 then
                      local nodes = redis.call('HGETALL', KEYS[3])
                      for i = 1, #nodes, 2 do
                        local seen, trusts = string.match(nodes[i + 1], ':(%d+):(%d+)$')
                        local known = seen and now - tonumber(seen) <= tonumber(trusts) + tonumber(ARGV[6])
                        if not known and nodes[i] ~= ARGV[7] then redis.call('HDEL', KEYS[3], nodes[i]) end
                      end
                    end
                    local generation, position, id = state(tonumber(ARGV[4]))
                    return {generation, position, id, now, replication}
                    """);

    /**
     * KEYS[3...]: stamps of the event's tags; values to remove; their leases. ARGV: generation, policy, floor, kind, payload,
     * id, since or -1, tags of the entry, retention, most rules, life of a stamp, most contestants, number of stamps, token
     * of the lease that stays. Returns generation, position, contested, number of values removed.
     */
    static final LuaScript APPEND = new LuaScript(PRELUDE + ADMITTED + """
                    local lastStamp, removed = 2 + tonumber(ARGV[13]), 0
                    if #KEYS > lastStamp then
                      local lastValue = (lastStamp + #KEYS) / 2
                      removed = redis.call('UNLINK', unpack(KEYS, lastStamp + 1, lastValue))
                      if ARGV[14] == '' or redis.call('GET', KEYS[lastValue + 1]) ~= ARGV[14] then
                        redis.call('DEL', unpack(KEYS, lastValue + 1))
                      end
                    end

                    local generation, last, previous, base, begun = state(tonumber(ARGV[3]))
                    local kind, payload, since = ARGV[4], ARGV[5], tonumber(ARGV[7])
                    local position = math.max(now, last + 1, tonumber(ARGV[3]) + 1)

                    local function setOf(list)
                      local set = {}
                      for _, item in ipairs(list) do set[item] = true end
                      return set
                    end
                    local function contests(entry, keys, tags)
                      local kind, payload
                      for i = 1, #entry, 2 do
                        if entry[i] == 'k' then kind = entry[i + 1] end
                        if entry[i] == 'v' then payload = entry[i + 1] end
                      end
                      local covered = kind == 'k' and keys or kind == 't' and tags
                      if not covered or not payload then return true end
                      for _, line in ipairs(lines(payload)) do
                        if covered[line] then return true end
                      end
                      return false
                    end
                    local function contested()
                      if since < 0 then return false end
                      if begun or since > last then return true end
                      local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
                      if not first or tonumber(string.match(first[1], '^%d+')) > since then return true end
                      local most = tonumber(ARGV[12])
                      local others = redis.call('XRANGE', KEYS[2], text(since + 1), '+', 'COUNT', most)
                      if #others == most then return true end
                      local keys, tags = setOf(kind == 'k' and lines(payload) or {}), setOf(lines(ARGV[8]))
                      for _, other in ipairs(others) do
                        if contests(other[2], keys, tags) then return true end
                      end
                      return false
                    end

                    local contest = contested() and 1 or 0
                    redis.call('XADD', KEYS[2], 'MINID', '~', text(now - tonumber(ARGV[9])), text(position) .. '-0',
                      'k', kind, 'v', payload, 'i', ARGV[6], 'p', previous)
                    redis.call('HSET', KEYS[1], 'q', text(position), 'l', ARGV[6])
                    for i = 3, lastStamp do redis.call('SET', KEYS[i], text(position), 'PX', ARGV[11]) end

                    local function rules()
                      local fields, found = redis.call('HGETALL', KEYS[1]), {}
                      for i = 1, #fields, 2 do
                        if string.find(fields[i], '^[pc]:') then
                          found[#found + 1] = {fields[i], tonumber(fields[i + 1])}
                        end
                      end
                      return found
                    end
                    if kind == 'p' or kind == 'c' then
                      redis.call('HSET', KEYS[1], kind .. ':' .. lines(payload)[1], text(position))
                      if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[10]) + 6 then
                        local oldest
                        for _, rule in ipairs(rules()) do
                          if not oldest or rule[2] < oldest[2] then oldest = rule end
                        end
                        redis.call('HDEL', KEYS[1], oldest[1])
                        redis.call('HSET', KEYS[1], 'b', text(math.max(base, oldest[2])))
                      end
                    elseif kind == 'a' then
                      for _, rule in ipairs(rules()) do redis.call('HDEL', KEYS[1], rule[1]) end
                      redis.call('HSET', KEYS[1], 'b', text(position))
                    end
                    return {generation, position, contest, removed}
                    """);

    /**
     * KEYS[3...]: stamps. ARGV: generation, policy, birth, life of a stamp. Returns generation, base, newest stamp, and the rules
     * newer than the birth, each as its field and position.
     * Removes nothing, but counts as a write: a server that may no longer write, because it has lost its replicas or its
     * role, must not vouch for entries either.
     */
    static final LuaScript MARKS = new LuaScript(PRELUDE + ADMITTED + """
                    local generation, last, _, base = state(0)
                    local newest = 0
                    for i = 3, #KEYS do
                      local stamp = tonumber(redis.call('GET', KEYS[i]))
                      if not stamp then
                        stamp = last
                        redis.call('SET', KEYS[i], text(last), 'PX', ARGV[4])
                      end
                      newest = math.max(newest, stamp)
                    end
                    local reply, birth = {generation, base, newest}, tonumber(ARGV[3])
                    if redis.call('HLEN', KEYS[1]) > 6 then
                      local fields = redis.call('HGETALL', KEYS[1])
                      for i = 1, #fields, 2 do
                        if string.find(fields[i], '^[pc]:') and tonumber(fields[i + 1]) > birth then
                          reply[#reply + 1] = fields[i]
                          reply[#reply + 1] = tonumber(fields[i + 1])
                        end
                      end
                    end
                    return reply
                    """);

    /** KEYS[1]: nodes. Returns the server time, the replication id, then each field and what it holds. */
    static final LuaScript NODES = new LuaScript(REPLICATION + """
                    local time = redis.call('TIME')
                    local reply = redis.call('HGETALL', KEYS[1])
                    table.insert(reply, 1, replication())
                    table.insert(reply, 1, tonumber(time[1]) * 1000000 + tonumber(time[2]))
                    return reply
                    """);

    private LogScripts() {}
}
