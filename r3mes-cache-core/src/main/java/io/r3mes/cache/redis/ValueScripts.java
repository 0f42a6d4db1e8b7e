package io.r3mes.cache.redis;

import io.r3mes.cache.spi.ValueHeader;

/**
 * The scripts on values and their leases. Those on one value and its lease have them as KEYS[1] and KEYS[2]. In a cluster,
 * while their slot migrates, Redis refuses commands on two keys unless it has both, so a script names only what it needs.
 */
final class ValueScripts {

    /* Each call that a script makes costs the server more than the command itself, so what can be asked for all keys is. */

    /**
     * KEYS: any number of leases, then their values. ARGV: for each lease its token and milliseconds. Returns whether each
     * lease is taken, then the values.
     */
    static final LuaScript ACQUIRE = new LuaScript("""
            local count = #KEYS / 2
            local reply = {}
            for i = 1, count do
              reply[i] = redis.call('SET', KEYS[i], ARGV[2 * i - 1], 'NX', 'PX', ARGV[2 * i]) and 1 or 0
            end
            for i, value in ipairs(redis.call('MGET', unpack(KEYS, count + 1))) do reply[count + i] = value end
            return reply
            """);

    /** KEYS: lease. ARGV: token, lease milliseconds. */
    static final LuaScript RENEW = new LuaScript("""
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            return redis.call('PEXPIRE', KEYS[1], ARGV[2])
            """);

    /** KEYS: lease. ARGV: token. */
    static final LuaScript RELEASE = new LuaScript("""
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            return redis.call('DEL', KEYS[1])
            """);

    /** KEYS: lease. ARGV: token. Ends the lease of another. */
    static final LuaScript END_OTHER = new LuaScript("""
            if redis.call('GET', KEYS[1]) == ARGV[1] then return 0 end
            return redis.call('DEL', KEYS[1])
            """);

    /**
     * KEYS: any number of leases, then their values. ARGV: for each its token, value, milliseconds to live. Returns whether
     * each is stored.
     */
    static final LuaScript STORE = new LuaScript("""
            local count = #KEYS / 2
            local stored, ended = {}, {}
            for i, token in ipairs(redis.call('MGET', unpack(KEYS, 1, count))) do
              stored[i] = token == ARGV[3 * i - 2] and 1 or 0
              if stored[i] == 1 then
                redis.call('SET', KEYS[count + i], ARGV[3 * i - 1], 'PX', ARGV[3 * i])
                ended[#ended + 1] = KEYS[i]
              end
            end
            if #ended > 0 then redis.call('DEL', unpack(ended)) end
            return stored
            """);

    static final LuaScript UNLINK = new LuaScript("""
            redis.call('DEL', KEYS[2])
            return redis.call('UNLINK', KEYS[1])
            """);

    /** ARGV: token. */
    static final LuaScript UNLINK_KEEPING = new LuaScript("""
            if redis.call('GET', KEYS[2]) ~= ARGV[1] then redis.call('DEL', KEYS[2]) end
            return redis.call('UNLINK', KEYS[1])
            """);

    /** KEYS: value. ARGV: position. Returns 0; or 1 and the bytes removed; or 2 and the milliseconds that a younger value has to live. */
    static final LuaScript UNLINK_BORN_BEFORE =
            new LuaScript("""
            local head = redis.call('GETRANGE', KEYS[1], 0, %1$d)
            if #head == %1$d + 1 and string.byte(head) == %2$d
                and struct.unpack('>I8', string.sub(head, %3$d)) >= tonumber(ARGV[1]) then
              return {2, redis.call('PTTL', KEYS[1])}
            end
            local length = redis.call('STRLEN', KEYS[1])
            return {redis.call('UNLINK', KEYS[1]), length}
            """.formatted(ValueHeader.BIRTH_END - 1, ValueHeader.MAGIC, ValueHeader.BIRTH_OFFSET + 1));

    private ValueScripts() {}
}
