package io.r3mes.cache.redis;

import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A command on keys of one slot, which can be sent several times.
 *
 * @param key the first of its keys
 * @param output makes the reader of one reply
 */
record Call<T extends @Nullable Object>(
        CommandType type,
        String key,
        CommandArgs<String, byte[]> arguments,
        Supplier<CommandOutput<String, byte[], T>> output) {

    static final RedisCodec<String, byte[]> CODEC = new EntryCodec();

    /** Removes one key, and answers how many there were. */
    static Call<Long> remove(CommandType type, String key) {
        return new Call<>(type, key, new CommandArgs<>(CODEC).addKey(key), () -> new IntegerOutput<>(CODEC));
    }

    /** The command for one sending. */
    AsyncCommand<String, byte[], T> command() {
        return new AsyncCommand<>(new Command<>(type, output.get(), arguments));
    }
}
